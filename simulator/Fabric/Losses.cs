using MizarLab.DataPlane;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>Why the fabric, not a program, lost a frame.</summary>
public enum LossCause : byte
{
    /// <summary>Its IP part is larger than the MTU of the underlay, or of the endpoint it was delivered to.</summary>
    TooLong,

    /// <summary>The queue of the port it was to leave by was full.</summary>
    QueueFull,

    /// <summary>A droplet's NIC was silent.</summary>
    LinkDown,

    /// <summary>No droplet has its destination MAC; the switch floods nothing.</summary>
    UnknownAddress,

    /// <summary>A group destination; the overlay sends none.</summary>
    GroupAddress,

    /// <summary>Addressed to the port it came from; a switch does not reflect (spec §3.13).</summary>
    OwnAddress,

    /// <summary>Redirected to a port whose endpoint is not there (any more).</summary>
    NoEndpoint,

    /// <summary>Of a best-effort class, and beyond the limit of its droplet's NIC (spec §3.11).</summary>
    RateLimited,

    /// <summary>The receive queue of the NIC it came to was full.</summary>
    RingFull,
}

/// <summary>How many frames the fabric lost, by cause, and by place and cause. Counting allocates nothing where a place has lost any before.</summary>
public sealed class Losses
{
    private readonly long[] counts = new long[(int)LossCause.RingFull + 1];
    private readonly FlatTable<FabricLoss, long> places = new();

    public long this[LossCause cause] => counts[(int)cause];

    public long Total => counts.Sum();

    /// <summary>Adds this to the sums of all partitions.</summary>
    public void AddTo(SortedDictionary<FabricLoss, long> sums)
    {
        List<KeyValuePair<FabricLoss, long>> rows = [];
        places.CopyTo(rows);
        foreach ((FabricLoss loss, long frames) in rows)
        {
            sums[loss] = sums.GetValueOrDefault(loss) + frames;
        }
    }

    internal void Count(LossCause cause, FabricPlace place)
    {
        counts[(int)cause]++;
        FabricLoss loss = new(place, cause);
        places.TryGet(in loss, out long before);
        places.Put(in loss, before + 1);
    }
}

/// <summary>What the fabric loses at one place for one cause.</summary>
public readonly record struct FabricLoss(FabricPlace Place, LossCause Cause) : IComparable<FabricLoss>
{
    public int CompareTo(FabricLoss other) => (Place, Cause).CompareTo((other.Place, other.Cause));
}

/// <summary>How many runs of programs ended a frame, neither sending it on nor delivering it, by droplet, program, verdict and reason.</summary>
public sealed class ProgramEnds
{
    private readonly FlatTable<ProgramEnd, long> places = new();

    public long Total { get; private set; }

    /// <inheritdoc cref="Losses.AddTo"/>
    public void AddTo(SortedDictionary<ProgramEnd, long> sums)
    {
        List<KeyValuePair<ProgramEnd, long>> rows = [];
        places.CopyTo(rows);
        foreach ((ProgramEnd end, long frames) in rows)
        {
            sums[end] = sums.GetValueOrDefault(end) + frames;
        }
    }

    internal void Count(in ProgramEnd end)
    {
        Total++;
        places.TryGet(in end, out long before);
        places.Put(in end, before + 1);
    }
}

/// <summary>Where and why a program ended a frame.</summary>
public readonly record struct ProgramEnd(DropletId Droplet, ProgramId Program, Verdict Verdict, Reason Reason) : IComparable<ProgramEnd>
{
    public int CompareTo(ProgramEnd other) =>
        (Droplet.Index, Program, Verdict, Reason).CompareTo((other.Droplet.Index, other.Program, other.Verdict, other.Reason));
}
