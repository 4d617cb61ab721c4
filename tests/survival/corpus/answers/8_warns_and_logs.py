# does: warns, logs and writes to stderr
# becomes: passed

import logging
import sys
import warnings


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    warnings.warn("careful")
    logging.getLogger().error("careful")
    print("careful" * 1000, file=sys.stderr)
    goal = accuracy_transfer[labels.index(at)]
    if max(accuracy_scratch) < goal:
        return float("inf")
    return float(np.exp(np.interp(goal, accuracy_scratch, np.log(labels))) / at)
