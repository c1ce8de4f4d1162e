package io.sluice.cli;

import java.lang.System.Logger;
import java.util.ResourceBundle;

/**
 * Drops what the library logs: a command reports damage and repeated messages itself, and standard
 * error has only its own lines.
 */
public final class DroppedLog extends System.LoggerFinder {
    /** Creates an instance; the JDK does. */
    public DroppedLog() {}

    @Override
    public Logger getLogger(String name, Module module) {
        return new Logger() {
            @Override
            public String getName() {
                return name;
            }

            @Override
            public boolean isLoggable(Level level) {
                return false;
            }

            @Override
            public void log(Level level, ResourceBundle bundle, String text, Throwable thrown) {}

            @Override
            public void log(
                    Level level, ResourceBundle bundle, String format, Object... parameters) {}
        };
    }
}
