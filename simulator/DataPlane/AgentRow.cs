using System.Runtime.InteropServices;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// An agent in 64 bytes: what usual agents are told, and the MACs of its bouncers, which agents of one network share. Whoever is told more (labels, class,
/// rate, a MAC override) is kept whole elsewhere.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct AgentRow
{
    private const ulong MacMask = 0xFFFF_FFFF_FFFF;
    private const int LinksShift = 48;
    private const int FlagShift = 56;

    private AddressList bouncers;
    private ulong nicMac;
    private ulong endpointMacAndLinks;
    private ulong gatewayMacAndFlags;
    private uint vni;
    private uint nicAddressOrWhole;
    private uint endpointAddress;
    private uint gateway;

    [Flags]
    private enum Flags : byte
    {
        None = 0,
        Present = 1,
        IngressPolicy = 2,
        EgressPolicy = 4,

        /// <summary>The configuration is kept whole, at the index <see cref="nicAddressOrWhole"/>.</summary>
        Whole = 8,
    }

    /// <summary>The MACs it knows; null: none. They may be there before the agent is.</summary>
    public NeighbourList? Neighbours { get; set; }

    /// <summary>Whether there is such an agent.</summary>
    public readonly bool IsPresent => Has(Flags.Present);

    /// <summary>Whether there is such an agent, with its configuration here, that sends by the NIC.</summary>
    public readonly bool IsUsual => Has(Flags.Present) && !Has(Flags.Whole) && (Links & AgentLinks.Nic) != 0;

    /// <summary>Where its configuration is kept whole; −1: it is here.</summary>
    public readonly int WholeAt => Has(Flags.Whole) ? (int)nicAddressOrWhole : -1;

    public readonly Ipv4Address NicAddress => new(nicAddressOrWhole);

    public readonly MacAddress NicMac => new(nicMac);

    public readonly Vni Vni => new(vni);

    public readonly Ipv4Address EndpointAddress => new(endpointAddress);

    public readonly AddressList Bouncers => bouncers;

    public readonly AgentLinks Links => (AgentLinks)(byte)(endpointMacAndLinks >> LinksShift);

    public readonly MacAddress EndpointMac => new(endpointMacAndLinks & MacMask);

    public readonly bool HasIngressPolicy => Has(Flags.IngressPolicy);

    public readonly bool HasEgressPolicy => Has(Flags.EgressPolicy);

    public readonly Ipv4Address Gateway => new(gateway);

    public readonly MacAddress GatewayMac => new(gatewayMacAndFlags & MacMask);

    /// <summary>All that is here.</summary>
    public readonly AgentConfig Config => new(NicAddress, NicMac, new EndpointKey(Vni, EndpointAddress), bouncers)
    {
        Links = Links,
        EndpointMac = EndpointMac,
        HasIngressPolicy = HasIngressPolicy,
        HasEgressPolicy = HasEgressPolicy,
        Gateway = Gateway,
        GatewayMac = GatewayMac,
    };

    /// <summary>Takes a configuration over; false, when there is no room for all it says.</summary>
    public bool TrySet(in AgentConfig config)
    {
        bouncers = config.Bouncers;
        vni = (uint)config.Endpoint.Vni.Value;
        nicMac = config.NicMac.Value;
        endpointMacAndLinks = (config.EndpointMac.Value & MacMask) | ((ulong)config.Links << LinksShift);
        Flags flags = Flags.Present | (config.HasIngressPolicy ? Flags.IngressPolicy : 0) | (config.HasEgressPolicy ? Flags.EgressPolicy : 0);
        gatewayMacAndFlags = (config.GatewayMac.Value & MacMask) | ((ulong)flags << FlagShift);
        nicAddressOrWhole = config.NicAddress.Value;
        endpointAddress = config.Endpoint.Address.Value;
        gateway = config.Gateway.Value;
        return Config == config;
    }

    /// <summary>Says where the configuration is kept whole.</summary>
    public void SetWhole(int index)
    {
        NeighbourList? neighbours = Neighbours;
        this = default;
        Neighbours = neighbours;
        nicAddressOrWhole = (uint)index;
        gatewayMacAndFlags = (ulong)(Flags.Present | Flags.Whole) << FlagShift;
    }

    /// <summary>Takes the agent out; the MACs it knows stay.</summary>
    public void SetAbsent()
    {
        NeighbourList? neighbours = Neighbours;
        this = default;
        Neighbours = neighbours;
    }

    private readonly bool Has(Flags flag) => ((Flags)(gatewayMacAndFlags >> FlagShift) & flag) != 0;
}
