"""The trend plot, piece by piece: scales, axes, joined lines, labels, and the canvas they share."""
