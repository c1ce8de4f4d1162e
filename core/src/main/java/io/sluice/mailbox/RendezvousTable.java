package io.sluice.mailbox;

import io.sluice.wait.WaitQueue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * The cells of a rendezvous: the offers of the open senders and the reservations of the open
 * receivers. Each side scans the other side's cells, so the cost of a hand-over is bounded by the
 * number of open ends, and a hand-over shares no word with ends that do not take part in it. Any
 * thread may call; opening and closing an end takes a lock.
 *
 * <p>Why a sender and a receiver never both wait. A sender makes its offer and then reads every
 * reservation; a receiver makes its reservation and then reads every offer. All four accesses are
 * volatile, so at least one of the two sees the other. A receiver that sees an offer withdraws its
 * reservation and takes the offer; a sender that sees a reservation retracts its offer and fulfills
 * the reservation. After this one check each reads only its own cell, as in the JDK's {@code
 * Exchanger}: reading the other's cell would take the cache line away from the thread that still
 * writes it.
 *
 * <p>When both see each other, both may withdraw and then find nothing. Both try again, but after
 * its second reservation the receiver spins for a while without checking the offers, so that the
 * sender can fulfill the reservation.
 */
final class RendezvousTable {
    /**
     * The cells of one side. A new end reuses one of an end that closed, so a thread that read an
     * array of open cells before may wake the successor.
     */
    static final class Side<C extends RendezvousCell> {
        private final List<C> all = new ArrayList<>();
        private final BitSet used = new BitSet();
        private final IntFunction<C[]> array;

        /** The queue of the threads that select on an operation of this side. */
        final WaitQueue selecting;

        /** The cells of the open ends; not to be modified. */
        volatile C[] open;

        private Side(IntFunction<C[]> array, WaitQueue selecting) {
            this.array = array;
            this.selecting = selecting;
            this.open = array.apply(0);
        }

        private C add(int index) {
            used.set(index);
            C[] next = Arrays.copyOf(open, open.length + 1);
            next[open.length] = all.get(index);
            open = next;
            return all.get(index);
        }

        private void remove(C cell) {
            used.clear(all.indexOf(cell));
            open = Stream.of(open).filter(c -> c != cell).toArray(array);
        }

        /** Tests whether there is an offer, or a reservation. */
        boolean hasMade() {
            for (C cell : open) {
                if (cell.isMade()) {
                    return true;
                }
            }
            return false;
        }

        /** Returns how many offers, or reservations, there are. */
        int made() {
            return (int) Stream.of(open).filter(RendezvousCell::isMade).count();
        }

        /** Returns how many ends wait in their cells. */
        int waiting() {
            return Stream.of(open).mapToInt(cell -> cell.waitQueue().count()).sum();
        }

        /** Wakes all threads of this side: the other side has closed. */
        void wakeAll() {
            selecting.wakeAll();
            for (C cell : open) {
                cell.waitQueue().wakeAll();
            }
        }
    }

    final Side<Offer> senders = new Side<>(Offer[]::new, new WaitQueue());
    final Side<Reservation> receivers =
            new Side<>(Reservation[]::new, new WaitQueue(senders.selecting));

    /**
     * Allocates a cell for a new sender: the first free one, so that a sender and a receiver share
     * a line.
     */
    synchronized Offer addOffer() {
        return senders.add(firstFree(senders.used));
    }

    /** Allocates a cell for a new receiver: the first free one. */
    synchronized Reservation addReservation() {
        return receivers.add(firstFree(receivers.used));
    }

    private int firstFree(BitSet used) {
        int index = used.nextClearBit(0);
        if (index == senders.all.size()) {
            Object[] pair = RendezvousCell.newPair();
            senders.all.add(new Offer(pair));
            receivers.all.add(new Reservation(pair));
        }
        return index;
    }

    synchronized void remove(Offer offer) {
        senders.remove(offer);
    }

    synchronized void remove(Reservation reservation) {
        receivers.remove(reservation);
    }
}
