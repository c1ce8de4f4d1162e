package io.sluice;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What Sluice logs from its creation until it is closed: a line with its level for each record. */
final class CapturedLog extends Handler {
    final Logger logger = Logger.getLogger("io.sluice"); // The JDK holds it weakly.
    final List<String> lines = new CopyOnWriteArrayList<>();
    private final Predicate<String> wanted;

    /**
     * Begins to capture.
     *
     * @param wanted which messages are captured
     */
    CapturedLog(Predicate<String> wanted) {
        this.wanted = wanted;
        logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord record) {
        if (wanted.test(record.getMessage())) {
            lines.add(record.getLevel() + ": " + record.getMessage());
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
