package io.itrgateway.idempotency;

/** Where the call of a name stands. */
public sealed interface ClaimState {

    <R> R fold(Cases<R> cases);

    /** One answer for each state. */
    interface Cases<R> {
        R acquired();

        R inProgress(Owner owner);

        R completed(byte[] result);

        R released();

        R interrupted();

        R conflict();
    }

    /** The caller of {@code claim} holds it: only that owner makes the call, and it has to complete or release the claim. */
    record Acquired() implements ClaimState {
        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.acquired();
        }
    }

    /** Another owner holds the claim, for the same payload. */
    record InProgress(Owner owner) implements ClaimState {
        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.inProgress(owner);
        }
    }

    /** The call was made, for the same payload. @param result as it was given to the store */
    record Completed(byte[] result) implements ClaimState {
        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.completed(result);
        }

        @Override
        public String toString() {
            return "Completed[" + result.length + " bytes]";
        }
    }

    /** The owner asked for has released the claim; the result of its call is not known here. */
    record Released() implements ClaimState {
        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.released();
        }
    }

    /** The owner has stopped renewing the claim without ending it: the call may have been sent, so it must not be made again. */
    record Interrupted() implements ClaimState {
        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.interrupted();
        }
    }

    /** The name belongs to another payload. */
    record Conflict() implements ClaimState {
        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.conflict();
        }
    }
}
