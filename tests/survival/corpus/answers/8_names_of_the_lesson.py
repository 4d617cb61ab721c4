# does: uses what the lesson imported and defined before it
# becomes: passed


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    assert PROFILE and SMOKE in (True, False) and keras
    goal = accuracy_transfer[labels.index(at)]
    if max(accuracy_scratch) < goal:
        return float("inf")
    return float(np.exp(np.interp(goal, accuracy_scratch, np.log(labels))) / at)
