using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.DataPlane;

/// <summary>
/// Two endpoints of one network on two droplets that know each other's hosts: what one sends leaves by its agent and enters by the other droplet's transit,
/// and nothing is between. Policy is written where the endpoint is.
/// </summary>
internal sealed class TwoHosts
{
    public static readonly Vni Vpc = new(3);

    private readonly IDataPlane plane;

    public TwoHosts(Switches on, TableSizes? sizes = null, DataPlaneSettings? settings = null)
    {
        plane = new ModelDataPlane(2, (settings ?? DataPlaneSettings.Mizar) with { On = on }, sizes);
        plane.Now = SimTime.FromSeconds(10);
        for (int side = 0; side < 2; side++)
        {
            DropletId here = new(side);
            plane.Put(here, Tables.Interface, 0, new InterfaceConfig(0, Host(side), HostMac(side)));
            plane.Put(here, Tables.Slots, 0, PortId.Nic);
            plane.Put(here, Tables.Slots, 1, new PortId(1));
            plane.Put(here, Tables.AgentSlots, 0, PortId.Nic);
            plane.Put(here, Tables.DirectPath, Key(1 - side), new CachedHost(new HostAddress(Host(1 - side), HostMac(1 - side))));
            SetPolicyFlags(side, egress: false, ingress: false);
        }
    }

    public IDataPlane Plane => plane;

    public static Ipv4Address Address(int side) => new(0x0A000002u + (uint)side);

    public static EndpointKey Key(int side) => new(Vpc, Address(side));

    public static PolicyScope Scope(int side, PolicyDirection direction) => new(direction, Key(side));

    /// <summary>Has an endpoint's policy enforced, to both dialects' knowledge; the rule elements are written with <see cref="Allow"/> and the tables.</summary>
    public void Enforce(int side, PolicyDirection direction, (bool Egress, bool Ingress)? flags = null)
    {
        plane.Put(new DropletId(side), Tables.PolicyEnforced, Scope(side, direction), (byte)1);
        (bool egress, bool ingress) = flags ?? (direction == PolicyDirection.Egress, direction == PolicyDirection.Ingress);
        SetPolicyFlags(side, egress, ingress);
    }

    /// <summary>Element 0 allows a port of the peer's, or (0) of anybody's to the endpoint; from all addresses.</summary>
    public void Allow(int side, PolicyDirection direction, IpProtocol protocol, ushort port)
    {
        DropletId here = new(side);
        plane.Put(here, Tables.PolicyPorts, new PolicyPortKey(Scope(side, direction), protocol, port), PolicyBits.Of(0));
        plane.Put(here, Tables.PolicyCidrs, new PolicyCidrKey(Scope(side, direction), CidrKind.Primary, new Ipv4Prefix(Ipv4Address.Any, 0)), PolicyBits.Of(0));
    }

    public void Forbid(int side, PolicyDirection direction, IpProtocol protocol, ushort port) =>
        plane.Delete(new DropletId(side), Tables.PolicyPorts, new PolicyPortKey(Scope(side, direction), protocol, port));

    public void SetLabels(int side, uint pod, uint @namespace) => SetAgent(side, agent => agent with { PodLabel = pod, NamespaceLabel = @namespace });

    public void Wait(double seconds) => plane.Now += SimTime.FromMilliseconds((long)(seconds * 1000));

    /// <summary>Sends a packet from one endpoint to the other.</summary>
    /// <returns>What the last program that had it answered.</returns>
    public Reason Send(int from, IpProtocol protocol, ushort sourcePort, ushort destinationPort, byte tcpFlags = 0x10, ushort fragment = 0) =>
        Send(from, Packet(from, protocol, sourcePort, destinationPort, tcpFlags, fragment));

    /// <summary>Sends a packet to an address that is neither's, as a service's is.</summary>
    public Reason SendTo(Ipv4Address destination, int from, IpProtocol protocol, ushort sourcePort, ushort destinationPort)
    {
        byte[] packet = Packet(from, protocol, sourcePort, destinationPort, tcpFlags: 0x02, fragment: 0);
        destination.Write(packet.AsSpan(30));
        return Send(from, packet);
    }

    private Reason Send(int from, byte[] packet)
    {
        Frame frame = Frame.FromBytes(packet);
        ProgramResult sent = plane.Run(new DropletId(from), ProgramId.Agent, new AgentId(1), ref frame);
        return sent.Reason == Reason.DirectPath ? plane.Run(new DropletId(1 - from), ProgramId.Transit, default, ref frame).Reason : sent.Reason;
    }

    /// <summary>Tracked connections at an endpoint's host.</summary>
    public IReadOnlyList<KeyValuePair<ConnectionKey, ConnectionState>> Connections(int side) => plane.Rows(new DropletId(side), Tables.Connections);

    private static byte[] Packet(int from, IpProtocol protocol, ushort sourcePort, ushort destinationPort, byte tcpFlags, ushort fragment)
    {
        byte[] frame = new byte[14 + 20 + 20 + 8];
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x0800);
        Span<byte> ip = frame.AsSpan(14);
        ip[0] = 0x45;
        ip[8] = 64;
        ip[9] = (byte)protocol;
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], fragment);
        Address(from).Write(ip[12..]);
        Address(1 - from).Write(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[20..], sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(ip[22..], destinationPort);
        if (protocol == IpProtocol.Tcp)
        {
            ip[20 + 13] = tcpFlags;
        }
        return frame;
    }

    private static Ipv4Address Host(int side) => new(0xAC11000Bu + (uint)side);

    private static MacAddress HostMac(int side) => new(0x0242AC11000BUL + (uint)side);

    private void SetPolicyFlags(int side, bool egress, bool ingress)
    {
        EndpointValue row = new(EndpointType.Simple, new AddressList(Host(side)), 1, new MacAddress(0x6A0000000002UL + (uint)side));
        plane.Put(new DropletId(side), Tables.Endpoints, Key(side), row with { HasEgressPolicy = egress, HasIngressPolicy = ingress });
        SetAgent(side, agent => agent with { HasEgressPolicy = egress, HasIngressPolicy = ingress });
    }

    private void SetAgent(int side, Func<AgentConfig, AgentConfig> change)
    {
        DropletId here = new(side);
        IReadOnlyList<KeyValuePair<AgentId, AgentConfig>> rows = plane.Rows(here, Tables.Agents);
        AgentConfig now = rows.Count > 0 ? rows[0].Value : new AgentConfig(Host(side), HostMac(side), Key(side), default);
        plane.Put(here, Tables.Agents, new AgentId(1), change(now));
    }
}
