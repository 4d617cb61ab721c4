# does: has magics and shell commands in the cell
# becomes: passed

%matplotlib inline
!ls


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    goal = accuracy_transfer[labels.index(at)]
    if max(accuracy_scratch) < goal:
        return float("inf")
    return float(np.exp(np.interp(goal, accuracy_scratch, np.log(labels))) / at)


%timeit label_efficiency([1, 10], [0.5, 0.6], [0.4, 0.6], 1)
