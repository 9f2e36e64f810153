"""The citizen counter and the hotline: whom clerks find, and what they do for somebody who is there."""
