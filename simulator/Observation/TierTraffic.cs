using MizarLab.Engine;

namespace MizarLab.Observation;

/// <summary>What links of one tier carried in one direction.</summary>
/// <param name="Tier">What they join, from below: <c>host-leaf</c>, <c>leaf-spine</c>.</param>
/// <param name="IsUp">Away from the droplets.</param>
/// <param name="Links">How many there are.</param>
/// <param name="Bytes">Of all together.</param>
/// <param name="BusiestBytes">Of the one that carried most.</param>
/// <param name="Dropped">Frames that found a queue full.</param>
/// <param name="Marked">Frames that found a queue long enough to be marked.</param>
/// <param name="Waited">Times of all frames in queues together: over a span of time the integral of the queues' lengths (Little).</param>
/// <param name="LongestQueue">Most frames that one found before it; 0 where queues are not watched.</param>
public sealed record TierTraffic(
    string Tier, bool IsUp, int Links, long Frames, long Bytes, long BusiestBytes, long Dropped, long Marked, SimTime Waited, int LongestQueue);

/// <summary>How many frames the underlay lost for one reason.</summary>
/// <param name="Cause">In words: <c>queue_full</c>.</param>
public sealed record UnderlayLoss(string Cause, long Frames);
