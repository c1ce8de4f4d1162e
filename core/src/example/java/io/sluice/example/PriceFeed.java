package io.sluice.example;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.sluice.EndOptions;
import io.sluice.MessageHandler;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends prices to three processes, of which one is slow. Two are gated: the sender waits for them,
 * and they get every price. The slow one is lossy: it never holds the sender up, and learns how
 * many prices it has lost before it gets the next one.
 *
 * <p>Run:
 *
 * <pre>{@code
 * java @core/src/example/args io.sluice.example.PriceFeed
 * }</pre>
 *
 * <p>Prints:
 *
 * <pre>{@code
 * ledger: received all of 50000, the last is 50000
 * risk: received all of 50000, the last is 50000
 * screen: received or lost 50000, the last is 50000
 * }</pre>
 */
public final class PriceFeed {
    private static final int PRICES = 50_000;

    public static void main(String[] args) throws Exception {
        if (args.length > 0) { // In one of the three.
            receive(Path.of(args[0]), args[1]);
            return;
        }
        try (Pipe pipe = Pipe.anonymous(PipeSpec.broadcast())) {
            List<BufferedReader> outputs = new ArrayList<>();
            for (String name : List.of("ledger", "risk", "screen")) {
                outputs.add(start(pipe.path(), name));
            }
            for (BufferedReader output : outputs) {
                output.readLine(); // It has attached: prices from now on reach it.
            }
            try (PipeSender sender = pipe.sender()) {
                for (int price = 1; price <= PRICES; price++) {
                    sender.claim(Integer.BYTES).putInt(0, price).commit();
                }
            }
            for (BufferedReader output : outputs) {
                System.out.println(output.readLine());
            }
        }
    }

    private static void receive(Path pipe, String name) throws Exception {
        boolean slow = name.equals("screen");
        EndOptions options = EndOptions.defaults();
        try (PipeReceiver receiver = Pipe.open(pipe).receiver(slow ? options.lossy() : options)) {
            System.out.println("attached");
            int[] last = new int[1];
            MessageHandler handler = (memory, at, length) -> last[0] = memory.get(JAVA_INT, at);
            long received = 0;
            for (int count; (count = receiver.receive(handler, 100)) > 0; received += count) {
                Thread.sleep(slow ? 1 : 0);
            }
            System.out.printf(
                    "%s: received %s %d, the last is %d%n",
                    name, slow ? "or lost" : "all of", received + receiver.lost(), last[0]);
        }
    }

    private static BufferedReader start(Path pipe, String name) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PriceFeed.class.getName(),
                        pipe.toString(),
                        name)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
                .inputReader();
    }
}
