"""The stack `compose`: the server from the compose files, the application beside it, each process in a container."""
