"""Loader strategies.

They are chosen by name (``lazy=``, loader options) and live in the extension: there are no strategy classes.
"""
