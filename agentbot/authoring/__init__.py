"""What people write (scripts, greetings, notices, holiday tables) turned into core objects.

Files come in as YAML, are checked here to the last cross-reference, and leave as the frozen
objects of `agentbot.core`. Everything wrong with a file is collected and named by line.
"""
