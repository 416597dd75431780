package io.rpaworker.queue.story;

import io.rpaworker.database.Timestamps;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The claim that a record is under.
 *
 * @param instanceId the replica that made it
 * @param records how many it was made for
 * @param isolated whether its record runs alone
 * @param leaseUntil until when the replica may keep it; null if the replica is not known any more
 * @param over whether the replica's lease has ended, in good order or not
 */
public record HeldClaim(
        String instanceId,
        Instant claimedAt,
        int records,
        boolean isolated,
        @Nullable Instant leaseUntil,
        boolean over) {

    static HeldClaim of(ResultSet row) throws SQLException {
        return new HeldClaim(
                row.getString("instance_id"),
                Timestamps.of(row, "claimed_at"),
                row.getInt("records"),
                row.getBoolean("isolated"),
                Timestamps.find(row, "lease_until"),
                row.getBoolean("over"));
    }
}
