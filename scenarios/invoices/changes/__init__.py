"""Changes of the invoices, as patches: ``safe``, ``unsafe`` and ``drift``, and the gate gives exactly these answers.

The header of a patch says what it changes (``Change:``). Where the gate is to find something, ``Found:`` names the
event and what is at it: ``EVENT | COMMAND`` for another command, ``EVENT | FIELD`` for drift, or the reason alone.
``Line:`` is a line of the changed code among those that the gate names; ``none`` where no line is at fault.
"""
