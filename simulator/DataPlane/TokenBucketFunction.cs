namespace MizarLab.DataPlane;

/// <summary>
/// What an endpoint may send, at its agent, in either dialect: one number a bucket, the time at which it is full again. A frame puts that off by its own
/// bytes' time at the rate; one for which it would lie further away than the whole burst takes is dropped and costs nothing. Whole nanoseconds, rounded
/// down, so that model and programs agree to the last one.
/// </summary>
internal static class TokenBucketFunction
{
    private const ulong NanosecondsASecond = 1_000_000_000;

    /// <summary>Whether the frame may go; if so it is paid for.</summary>
    public static bool TrySpend(DropletTables tables, AgentId agent, scoped in AgentView config, int frameBytes)
    {
        if (config.BytesPerSecond == 0)
        {
            return true;
        }
        ulong now = tables.Nanoseconds;
        tables.Tokens.TryGet(in agent, out TokenBucket bucket);
        ulong full = Math.Max(bucket.FullAt, now) + ((ulong)frameBytes * NanosecondsASecond / config.BytesPerSecond);
        if (full - now > config.BurstBytes * NanosecondsASecond / config.BytesPerSecond)
        {
            return false;
        }
        tables.Spend(in agent, new TokenBucket(full));
        return true;
    }
}
