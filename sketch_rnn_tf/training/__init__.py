"""Training: one step, the loop around it, checkpoints and evaluation. It binds models to losses."""
