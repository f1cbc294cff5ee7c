"""Reads Python source as a tree."""

from __future__ import annotations

import ast
import gc


def parsed(source: str) -> ast.Module:
    """The tree of a source.

    CPython counts how deep it is in a tree that it builds, and up to 3.11.7 there is one count for
    the whole interpreter. A garbage collection in the middle of it may run Python code, as of
    finalizers, and let other threads run. Where any of these parses something too, the count is
    wrong afterwards, and a sound source ends in ``SystemError: AST constructor recursion depth
    mismatch`` (github.com/python/cpython/issues/106905). So none begins here until the tree is
    there.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(source)
    finally:
        if collects:
            gc.enable()
