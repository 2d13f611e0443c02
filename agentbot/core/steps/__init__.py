"""The verdict on each step of the script: done, missed, wrong, cannot tell, not applicable."""
