"""What a second look at the sound says of a read-back.

Two recognised texts of one number rarely agree, so their difference accuses nobody. What
does is the sound: if the operator read back what the caller said, some one value fits both
legs nearly as well as each leg's own best; if not, every value is bad on one of them. The
measure is the log of that likelihood ratio.
"""
