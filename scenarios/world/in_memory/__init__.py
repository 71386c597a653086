"""The world in memory: the services that stand behind sockets in a real run, reached without any."""
