# does: defines everything twice, and keeps a record of its calls
# becomes: passed

calls = []


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    calls.append(at)
    goal = accuracy_transfer[labels.index(at)]
    if max(accuracy_scratch) < goal:
        return float("inf")
    return float(np.exp(np.interp(goal, accuracy_scratch, np.log(labels))) / at)


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    calls.append(at)
    goal = accuracy_transfer[labels.index(at)]
    if max(accuracy_scratch) < goal:
        return float("inf")
    return float(np.exp(np.interp(goal, accuracy_scratch, np.log(labels))) / at)
