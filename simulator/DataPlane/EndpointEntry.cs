using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>A row of the endpoint table in 32 bytes, half a cache line. A value it has no room for (a list of backends) lies elsewhere, whole.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EndpointEntry : IFlatEntry<EndpointKey>
{
    private const ulong MacMask = 0xFFFF_FFFF_FFFF;
    private const int TypeShift = 48;
    private const int FlagShift = 56;
    private const ulong TypeMask = 0xFF;

    // In this order there is no gap.
    private uint mark;
    private readonly uint address;
    private readonly ulong vni;
    private uint remote;
    private int slot;
    private ulong packed;

    public EndpointEntry(in EndpointKey key)
    {
        address = key.Address.Value;
        vni = key.Vni.Value;
    }

    [Flags]
    private enum Flags : byte
    {
        None = 0,
        HasRemote = 1,
        IngressPolicy = 2,
        EgressPolicy = 4,
        Proxied = 8,

        /// <summary>The value is kept whole, at the index <see cref="remote"/>.</summary>
        Whole = 16,
    }

    public uint Mark
    {
        readonly get => mark;
        set => mark = value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Is(in EndpointKey key) => vni == key.Vni.Value && address == key.Address.Value;

    public readonly EndpointKey Key => new(new Vni(vni), new Ipv4Address(address));

    /// <summary>Where the value is kept whole; −1: it is here.</summary>
    public readonly int WholeAt => Has(Flags.Whole) ? (int)remote : -1;

    /// <summary>Kept here, a plain endpoint that takes its frames as they come out of the tunnel: nobody but its host and its MAC is to be asked about.</summary>
    public readonly bool IsUsual => Type == EndpointType.Simple && !Has(Flags.Whole | Flags.Proxied);

    /// <inheritdoc cref="EndpointValue.IsHosted"/>
    /// <remarks>Also of a value that is kept whole.</remarks>
    public readonly bool IsHosted => slot != -1;

    public readonly EndpointType Type => (EndpointType)((packed >> TypeShift) & TypeMask);

    public readonly AddressList Remotes => Has(Flags.HasRemote) ? new AddressList(new Ipv4Address(remote)) : default;

    /// <summary>The remote; <see cref="Ipv4Address.Any"/> when there is none.</summary>
    public readonly Ipv4Address Host => new(remote);

    public readonly int Slot => slot;

    public readonly MacAddress Mac => new(packed & MacMask);

    public readonly bool HasIngressPolicy => Has(Flags.IngressPolicy);

    public readonly bool HasEgressPolicy => Has(Flags.EgressPolicy);

    public readonly bool IsProxied => Has(Flags.Proxied);

    /// <summary>All that is here.</summary>
    public readonly EndpointValue Value => new(Type, Remotes, slot, Mac)
    {
        HasIngressPolicy = HasIngressPolicy,
        HasEgressPolicy = HasEgressPolicy,
        IsProxied = IsProxied,
    };

    /// <summary>Takes a value over; false, when there is no room for all it says.</summary>
    public bool TrySet(in EndpointValue value)
    {
        remote = value.Remotes.Count == 1 ? value.Remotes[0].Value : 0;
        slot = value.Slot;
        Flags flags = (value.Remotes.Count == 1 ? Flags.HasRemote : 0)
            | (value.HasIngressPolicy ? Flags.IngressPolicy : 0)
            | (value.HasEgressPolicy ? Flags.EgressPolicy : 0)
            | (value.IsProxied ? Flags.Proxied : 0);
        packed = (value.Mac.Value & MacMask) | (((ulong)value.Type & TypeMask) << TypeShift) | ((ulong)flags << FlagShift);
        return Value == value;
    }

    /// <summary>Says where the value is kept whole.</summary>
    public void SetWhole(int index)
    {
        remote = (uint)index;
        packed = (ulong)Flags.Whole << FlagShift;
    }

    private readonly bool Has(Flags flag) => ((Flags)(packed >> FlagShift) & flag) != 0;
}

/// <summary>A substrate entry, underlay address → MAC, in 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SubstrateEntry : IFlatEntry<Ipv4Address>
{
    private uint mark;
    public Ipv4Address Address;
    public MacAddress Mac;

    public uint Mark
    {
        readonly get => mark;
        set => mark = value;
    }

    public readonly bool Is(in Ipv4Address key) => Address == key;
}
