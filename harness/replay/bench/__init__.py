"""What `assay bench replay` measures: the gate beside the SDK's own Replayer, and the memory that a long history costs.

Data flow: histories of the corpus, copied → ``beside`` (the gate's children, and a process of ``plain``) → histories a
second · ``long_history`` → a history of ``long_workflow`` → `assay replay check` in a process → its memory.
"""
