"""The gate before a deploy: can the code go on with every execution whose history is kept?

Data flow: ``corpus`` finds the histories → ``staging`` lays them out for the children of ``harness.replay`` → ``gate``
collects what became of each → ``telling`` says it. ``code`` is the folder of the code that is asked.
"""
