package io.sluice.example;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.sluice.Claim;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Encodes messages in place, as SBE does: a flyweight writes fields at fixed offsets of the memory
 * that was claimed in the pipe, and the receiver reads them there. Nothing is copied or allocated.
 *
 * <p>Run:
 *
 * <pre>{@code
 * java @core/src/example/args io.sluice.example.FlyweightOverClaim
 * }</pre>
 *
 * <p>Prints:
 *
 * <pre>{@code
 * order 1: 100 at 25000
 * order 2: 50 at 25100
 * }</pre>
 */
public final class FlyweightOverClaim {
    public static void main(String[] args) throws Exception {
        OrderFlyweight order = new OrderFlyweight();
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded());
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            Claim claim = sender.claim(OrderFlyweight.LENGTH);
            order.wrap(claim.base(), claim.offset()).id(1).price(25000).quantity(100);
            claim.commit();

            claim = sender.claim(OrderFlyweight.LENGTH);
            order.wrap(claim.base(), claim.offset()).id(2).price(25100).quantity(50);
            claim.commit();

            receiver.poll(
                    (memory, offset, length) -> System.out.println(order.wrap(memory, offset)), 10);
        }
    }

    /** An order: id, price and quantity, little-endian. */
    private static final class OrderFlyweight {
        static final int LENGTH = 20;

        private static final ValueLayout.OfLong LONG =
                ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN);
        private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(LITTLE_ENDIAN);
        private static final int ID = 0;
        private static final int PRICE = 8;
        private static final int QUANTITY = 16;

        private MemorySegment memory;
        private long offset;

        OrderFlyweight wrap(MemorySegment memory, long offset) {
            this.memory = memory;
            this.offset = offset;
            return this;
        }

        OrderFlyweight id(long id) {
            memory.set(LONG, offset + ID, id);
            return this;
        }

        OrderFlyweight price(long price) {
            memory.set(LONG, offset + PRICE, price);
            return this;
        }

        OrderFlyweight quantity(int quantity) {
            memory.set(INT, offset + QUANTITY, quantity);
            return this;
        }

        @Override
        public String toString() {
            return "order "
                    + memory.get(LONG, offset + ID)
                    + ": "
                    + memory.get(INT, offset + QUANTITY)
                    + " at "
                    + memory.get(LONG, offset + PRICE);
        }
    }
}
