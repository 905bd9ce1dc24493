using System.Runtime.CompilerServices;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// What an agent is told (<see cref="AgentConfig"/>), read where it lies: in its row, or whole elsewhere. A run looks at a third of it, and taking all of it out of the row
/// took longer than the rest of the agent.
/// </summary>
/// <param name="row">The agent's.</param>
/// <param name="whole">Its configuration, where the row has no room for it; else a null reference.</param>
internal readonly ref struct AgentView(ref readonly AgentRow row, ref readonly AgentConfig whole)
{
    private readonly ref readonly AgentRow row = ref row;
    private readonly ref readonly AgentConfig whole = ref whole;

    /// <summary>The row.</summary>
    public ref readonly AgentRow Row => ref row;

    /// <summary>The configuration kept whole; else a null reference.</summary>
    public ref readonly AgentConfig Whole => ref whole;

    public Ipv4Address NicAddress => IsWhole ? whole.NicAddress : row.NicAddress;

    public MacAddress NicMac => IsWhole ? whole.NicMac : row.NicMac;

    public EndpointKey Endpoint => IsWhole ? whole.Endpoint : new EndpointKey(row.Vni, row.EndpointAddress);

    public Vni Vni => IsWhole ? whole.Endpoint.Vni : row.Vni;

    public Ipv4Address Address => IsWhole ? whole.Endpoint.Address : row.EndpointAddress;

    public AddressList Bouncers => IsWhole ? whole.Bouncers : row.Bouncers;

    public AgentLinks Links => IsWhole ? whole.Links : row.Links;

    public MacAddress EndpointMac => IsWhole ? whole.EndpointMac : row.EndpointMac;

    public bool HasIngressPolicy => IsWhole ? whole.HasIngressPolicy : row.HasIngressPolicy;

    public bool HasEgressPolicy => IsWhole ? whole.HasEgressPolicy : row.HasEgressPolicy;

    public Ipv4Address Gateway => IsWhole ? whole.Gateway : row.Gateway;

    public MacAddress GatewayMac => IsWhole ? whole.GatewayMac : row.GatewayMac;

    // What no row has room for: of those who are told it, all is kept whole.
    public MacAddress MacOverride => IsWhole ? whole.MacOverride : MacAddress.Zero;

    public uint PodLabel => IsWhole ? whole.PodLabel : 0;

    public uint NamespaceLabel => IsWhole ? whole.NamespaceLabel : 0;

    public uint ClassAndPriority => IsWhole ? whole.ClassAndPriority : 0;

    public ulong BytesPerSecond => IsWhole ? whole.BytesPerSecond : 0;

    public uint BurstBytes => IsWhole ? whole.BurstBytes : 0;

    public bool IsProxied => IsWhole && whole.IsProxied;

    public bool IsOutside => IsWhole && whole.IsOutside;

    private bool IsWhole => !Unsafe.IsNullRef(in whole);
}
