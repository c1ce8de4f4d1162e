package io.sluice.torture;

/**
 * Named points in the process that is to die at one. {@link FailPointWeaver} inserts a call of
 * {@link #at} before each access to shared memory, and before each lock, futex and mapping call;
 * main code does not depend on it.
 *
 * <p>Any thread. Two threads at one point may count it once, which does not matter: the number is
 * random.
 */
public final class FailPoints {
    /** An upper limit on the number of points. */
    public static final int MAX = 4096;

    private static final int[] hits = new int[MAX];
    private static final int[] kill = new int[MAX];
    private static final int[] stop = new int[MAX];
    private static volatile ControlFile controlFile;
    private static volatile int jvm;

    private FailPoints() {}

    /**
     * Arms points.
     *
     * @param controlFile where a reached point is recorded
     * @param jvm the process's line of the ledger
     * @param orders "kill:POINT:HITS" and "stop:POINT:HITS", separated by commas, or "-"
     */
    static void arm(ControlFile controlFile, int jvm, String orders) {
        FailPoints.controlFile = controlFile;
        FailPoints.jvm = jvm;
        for (int i = 0; i < MAX; i++) {
            kill[i] = 0;
            stop[i] = 0;
            hits[i] = 0;
        }
        for (String order : orders.equals("-") ? new String[0] : orders.split(",")) {
            String[] parts = order.split(":");
            (parts[0].equals("kill") ? kill : stop)[Integer.parseInt(parts[1])] =
                    Integer.parseInt(parts[2]);
        }
    }

    /**
     * Counts that a thread reached a point; kills or stops the process if it is armed for that.
     *
     * @param point the point
     */
    public static void at(int point) {
        int hit = ++hits[point];
        if (hit == kill[point]) {
            controlFile.killPoint(jvm, point);
            Signals.send(ProcessHandle.current().pid(), Signals.KILL);
        } else if (hit == stop[point]) {
            controlFile.stopPoint(jvm, point);
            Signals.send(ProcessHandle.current().pid(), Signals.STOP);
        }
    }
}
