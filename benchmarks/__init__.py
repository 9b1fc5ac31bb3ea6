"""What the code costs, beside what arithmetic alone would: `make bench`, or `python -m benchmarks --only=train,input`.

A figure is worth reading only beside the bound of its own run: absolute seconds change from machine to machine and from
minute to minute.
"""
