"""Plans a suite's stages and plays them: runs, forks, replays, reuse and limits."""
