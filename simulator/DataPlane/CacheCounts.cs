using MizarLab.Overlay;

namespace MizarLab.DataPlane;

/// <summary>The tables programs learn into.</summary>
public enum CacheTable : byte
{
    DirectPath,
    ForwardNat,
    ReverseNat,
    Connections,
    Translations,
}

/// <summary>What one cache did. A row that is there came by one insertion: <c>Insertions − Evictions − Removals</c> are held, but for rows written from outside.</summary>
/// <param name="Hits">Frames whose row was there and could be used: not too old, its host well.</param>
/// <param name="Misses">Frames that looked and found none they could use.</param>
/// <param name="Insertions">Rows learned under a key that had none; a row renewed or changed is no insertion.</param>
/// <param name="Evictions">Rows that left because the table was full.</param>
/// <param name="Removals">Rows a program took away: ended, idle too long, returned.</param>
public readonly record struct CacheCounts(long Hits, long Misses, long Insertions, long Evictions, long Removals)
{
    public static CacheCounts operator +(CacheCounts a, CacheCounts b) =>
        new(a.Hits + b.Hits, a.Misses + b.Misses, a.Insertions + b.Insertions, a.Evictions + b.Evictions, a.Removals + b.Removals);
}

/// <summary>A data plane that can count what its caches do.</summary>
public interface ICountsCaches
{
    /// <summary>Whether it does from now on; programs that nobody counts for only look whether anybody does.</summary>
    bool CountsCaches { get; set; }

    /// <summary>What a droplet's cache did since counting began.</summary>
    CacheCounts CountsOf(DropletId droplet, CacheTable cache);

    /// <summary>Rows it holds now.</summary>
    int RowsHeld(DropletId droplet, CacheTable cache);
}

/// <summary>
/// The counters of one droplet. A frame that asks the NAT tables where nothing was ever translated asks nobody, and counts nowhere; the direct path is asked about every
/// frame an agent sends on.
/// </summary>
internal sealed class CacheCounters
{
    private readonly Cells[] cells = new Cells[(int)CacheTable.Translations + 1];

    public CacheCounts this[CacheTable cache]
    {
        get
        {
            ref readonly Cells c = ref cells[(int)cache];
            return new CacheCounts(c.Hits, c.Misses, c.Insertions, c.Evictions, c.Removals);
        }
    }

    public void Asked(CacheTable cache, bool hit)
    {
        ref Cells of = ref cells[(int)cache];
        of.Hits += hit ? 1 : 0;
        of.Misses += hit ? 0 : 1;
    }

    public void Inserted(ITable table, bool forAnother)
    {
        ref Cells of = ref cells[(int)CacheOf(table)];
        of.Insertions++;
        of.Evictions += forAnother ? 1 : 0;
    }

    public void Removed(ITable table) => cells[(int)CacheOf(table)].Removals++;

    private static CacheTable CacheOf(ITable table) =>
        ReferenceEquals(table, Tables.DirectPath) ? CacheTable.DirectPath
        : ReferenceEquals(table, Tables.ForwardNat) ? CacheTable.ForwardNat
        : ReferenceEquals(table, Tables.ReverseNat) ? CacheTable.ReverseNat
        : ReferenceEquals(table, Tables.Connections) ? CacheTable.Connections
        : ReferenceEquals(table, Tables.Translations) ? CacheTable.Translations
        : throw new ArgumentException($"programs learn nothing into '{table.Name}'", nameof(table));

    private struct Cells
    {
        public long Hits;
        public long Misses;
        public long Insertions;
        public long Evictions;
        public long Removals;
    }
}
