using System.Runtime.CompilerServices;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>A row of the endpoint table (<see cref="EndpointValue"/>) read where it lies: as an entry, or whole. Looks at the members it is asked for and copies none of the others.</summary>
internal readonly ref struct EndpointView
{
    private static readonly EndpointValue Nobody = default;

    private readonly ref readonly EndpointEntry entry;
    private readonly ref readonly EndpointValue whole;

    public EndpointView(ref readonly EndpointEntry entry)
    {
        this.entry = ref entry;
        whole = ref Unsafe.NullRef<EndpointValue>();
    }

    public EndpointView(ref readonly EndpointValue whole)
    {
        entry = ref Unsafe.NullRef<EndpointEntry>();
        this.whole = ref whole;
    }

    public EndpointView(ref readonly EndpointEntry entry, ref readonly EndpointValue whole)
    {
        this.entry = ref entry;
        this.whole = ref whole;
    }

    /// <summary>What there is to see of a row that does not exist: zeros.</summary>
    public static EndpointView None => new(in Nobody);

    /// <summary>Whether there is such a row. Asked of the view, for an answer beside it would be a byte in memory, read before it is there.</summary>
    public bool IsKnown => !Unsafe.AreSame(in whole, in Nobody);

    /// <summary>The entry; a null reference when the row is kept whole.</summary>
    public ref readonly EndpointEntry Entry => ref entry;

    /// <summary>The row kept whole; else a null reference.</summary>
    public ref readonly EndpointValue Whole => ref whole;

    public EndpointType Type => IsWhole ? whole.Type : entry.Type;

    public MacAddress Mac => IsWhole ? whole.Mac : entry.Mac;

    public int Slot => IsWhole ? whole.Slot : entry.Slot;

    /// <inheritdoc cref="EndpointValue.IsHosted"/>
    public bool IsHosted => IsWhole ? whole.IsHosted : entry.Slot != -1;

    /// <summary>The first of its remotes, a simple endpoint's host; <see cref="Ipv4Address.Any"/> when there is none.</summary>
    public Ipv4Address Host => IsWhole ? FirstOf(whole.Remotes) : entry.Host;

    public AddressList Remotes => IsWhole ? whole.Remotes : entry.Remotes;

    public bool HasIngressPolicy => IsWhole ? whole.HasIngressPolicy : entry.HasIngressPolicy;

    public bool HasEgressPolicy => IsWhole ? whole.HasEgressPolicy : entry.HasEgressPolicy;

    public bool IsProxied => IsWhole ? whole.IsProxied : entry.IsProxied;

    public bool IsOutside => IsWhole && whole.IsOutside;

    private static Ipv4Address FirstOf(AddressList remotes) => remotes.Count == 0 ? Ipv4Address.Any : remotes[0];

    private bool IsWhole => Unsafe.IsNullRef(in entry);
}
