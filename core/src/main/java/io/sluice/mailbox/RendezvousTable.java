package io.sluice.mailbox;

import io.sluice.wait.WaitQueue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;
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
     * Two cells on one line. A new end reuses them, so a thread that read an array of open cells
     * before an end closed may wake the end that succeeded it.
     */
    private record Pair(Offer offer, Reservation reservation) {}

    private final List<Pair> pairs = new ArrayList<>();
    private final BitSet senderPairs = new BitSet(); // Pairs with an open sender.
    private final BitSet receiverPairs = new BitSet(); // Pairs with an open receiver.
    private final WaitQueue selectingSenders = new WaitQueue();
    private final WaitQueue selectingReceivers = new WaitQueue(selectingSenders);
    private volatile Offer[] offers = {};
    private volatile Reservation[] reservations = {};

    /** Returns the offers of the open senders. The caller must not modify the array. */
    Offer[] offers() {
        return offers;
    }

    /** Returns the reservations of the open receivers. The caller must not modify the array. */
    Reservation[] reservations() {
        return reservations;
    }

    /**
     * Allocates a cell for a new sender: the first free one, so that a sender and a receiver share
     * a line.
     */
    synchronized Offer addOffer() {
        Offer offer = allocate(senderPairs).offer();
        Offer[] all = Arrays.copyOf(offers, offers.length + 1);
        all[all.length - 1] = offer;
        offers = all;
        return offer;
    }

    /** Allocates a cell for a new receiver: the first free one. */
    synchronized Reservation addReservation() {
        Reservation reservation = allocate(receiverPairs).reservation();
        Reservation[] all = Arrays.copyOf(reservations, reservations.length + 1);
        all[all.length - 1] = reservation;
        reservations = all;
        return reservation;
    }

    private Pair allocate(BitSet taken) {
        int place = taken.nextClearBit(0);
        taken.set(place);
        if (place == pairs.size()) {
            PaddedSlotPair paddedSlotPair = new PaddedSlotPair();
            pairs.add(new Pair(new Offer(paddedSlotPair), new Reservation(paddedSlotPair)));
        }
        return pairs.get(place);
    }

    synchronized void remove(Offer offer) {
        free(senderPairs, pair -> pair.offer() == offer);
        offers = Stream.of(offers).filter(o -> o != offer).toArray(Offer[]::new);
    }

    synchronized void remove(Reservation reservation) {
        free(receiverPairs, pair -> pair.reservation() == reservation);
        reservations =
                Stream.of(reservations).filter(d -> d != reservation).toArray(Reservation[]::new);
    }

    private void free(BitSet taken, Predicate<Pair> which) {
        for (int i = 0; i < pairs.size(); i++) {
            if (which.test(pairs.get(i))) {
                taken.clear(i);
            }
        }
    }

    /** Returns the queue of the threads that select on sending here. */
    WaitQueue selectingSenders() {
        return selectingSenders;
    }

    /** Returns the queue of the threads that select on receiving here. */
    WaitQueue selectingReceivers() {
        return selectingReceivers;
    }

    /** Wakes a selecting sender after a receiver has made a reservation. */
    void onReservation() {
        selectingSenders.wakeOne();
    }

    /** Wakes a selecting receiver after a sender has made an offer. */
    void onOffer() {
        selectingReceivers.wakeOne();
    }

    /** Wakes all receivers because the stream has ended. */
    void wakeReceivers() {
        selectingReceivers.wakeAll();
        for (Reservation reservation : reservations) {
            reservation.wake();
        }
    }

    /** Wakes all senders because the mailbox is broken. */
    void wakeSenders() {
        selectingSenders.wakeAll();
        for (Offer offer : offers) {
            offer.wake();
        }
    }

    int waitingSenders() {
        return Stream.of(offers).mapToInt(Offer::waiterCount).sum();
    }

    int waitingReceivers() {
        return Stream.of(reservations).mapToInt(Reservation::waiterCount).sum();
    }

    /** Tests whether there is an offer. */
    boolean hasOffer() {
        for (Offer offer : offers) {
            if (offer.isMade()) {
                return true;
            }
        }
        return false;
    }

    /** Tests whether there is a reservation. */
    boolean hasReservation() {
        for (Reservation reservation : reservations) {
            if (reservation.isMade()) {
                return true;
            }
        }
        return false;
    }

    /** Returns how many messages are offered. */
    int size() {
        return (int) Stream.of(offers).filter(Offer::isMade).count();
    }
}
