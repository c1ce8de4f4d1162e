package io.sluice.torture;

/**
 * Named points, in the process that is to die at one. {@link PointWeaver} puts a call of {@link
 * #at} in front of each access to shared memory, of each lock, futex and mapping; main code knows
 * nothing of it.
 *
 * <p>Any thread. Two threads at one point may count it once: the number is a random one anyway.
 */
public final class Points {
    /** More than there will ever be. */
    public static final int MAX = 4096;

    private static final int[] hits = new int[MAX];
    private static final int[] kill = new int[MAX];
    private static final int[] stop = new int[MAX];
    private static volatile Ledger ledger;
    private static volatile int jvm;

    private Points() {}

    /**
     * Arms points.
     *
     * @param ledger where to say that one was reached
     * @param jvm which line of it is this process's
     * @param orders as "kill:POINT:HITS" and "stop:POINT:HITS", parted by commas, or "-"
     */
    static void arm(Ledger ledger, int jvm, String orders) {
        Points.ledger = ledger;
        Points.jvm = jvm;
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
     * A thread is there.
     *
     * @param point where
     */
    public static void at(int point) {
        int hit = ++hits[point];
        if (hit == kill[point]) {
            ledger.diedAt(jvm, point);
            Signals.send(ProcessHandle.current().pid(), Signals.KILL);
        } else if (hit == stop[point]) {
            ledger.stoppedAt(jvm, point);
            Signals.send(ProcessHandle.current().pid(), Signals.STOP);
        }
    }
}
