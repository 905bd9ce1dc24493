using MizarLab.Engine;

namespace MizarLab.Fabric;

/// <summary>
/// What the traces of all partitions of a run may hold together. The trace that is kept is the longest beginning of all sightings, in their order, that fits: so it is the same whatever the partitions, and
/// whole up to the time where it ends.
/// </summary>
/// <remarks>
/// Partitions keep a little more than that, and what they may let go they know without asking each other: when the sum passes the limit at one partition's time t, all that was kept is of times before t and one
/// window, since nobody is further ahead. What is later than that comes behind so much that it cannot fit.
/// </remarks>
/// <param name="bytes">Of frames, and of what is noted of each.</param>
/// <param name="window">How far partitions can be apart: the simulation's lookahead.</param>
internal sealed class TraceBudget(long bytes, SimTime window)
{
    /// <summary>Of a sighting besides its frame.</summary>
    public const int NoteBytes = 64;

    private long used;

    public long Bytes => bytes;

    public SimTime Window => window;

    /// <summary>Some are kept; true when the budget is spent with them.</summary>
    public bool Spend(int length) => Interlocked.Add(ref used, length + NoteBytes) >= bytes;
}
