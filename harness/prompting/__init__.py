"""Every word that a model reads: one set of templates for each kind of stage."""
