"""The organisation, its units, the people in them and the roles they hold.

Names come from here and from nowhere else: HR keeps them, and nobody edits their own record. Nobody holds two of the
three administrator lines (system, security, audit). A new person's account is requested from `identity` in the same
transaction. What a role may do is not decided here.
"""
