package io.sluice.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.function.IntConsumer;

/**
 * Where a subcommand reads and writes.
 *
 * @param in the standard input
 * @param out the standard output; without a buffer, and each failure is thrown
 * @param err the standard error
 * @param terminal what the standard output is connected to
 * @param halt ends the process at once, without closing anything
 */
record Streams(
        InputStream in, OutputStream out, PrintStream err, Terminal terminal, IntConsumer halt) {
    /** Returns those of this process. */
    static Streams ofProcess() {
        return new Streams(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                System.err,
                Terminal.ofProcess(),
                Runtime.getRuntime()::halt);
    }
}
