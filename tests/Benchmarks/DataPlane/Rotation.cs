using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Benchmarks.DataPlane;

/// <summary>A way through a program on which each hop names another endpoint.</summary>
public enum RotatingPath
{
    /// <summary>Nothing kept by endpoint: a miss in the direct-path cache, then a bouncer by the hash.</summary>
    AgentToBouncer,
    AgentDirectPath,
    BouncerToHost,
    BouncerToDivider,
    DividerToBouncer,
    DividerCached,

    /// <summary>Hosts one endpoint; each hop learns another source, which it knows already.</summary>
    HostLearning,
}

/// <summary>
/// One droplet in every role, with rows for as many remote endpoints as asked for, and a frame a hop. Endpoints come in an order that
/// no prefetcher guesses. The frame stays one: the endpoint's address is written into it before each hop.
/// </summary>
internal sealed class Rotation
{
    /// <summary>Rows the direct-path cache needs at the most endpoints rotated over; upstream's holds 50 000.</summary>
    public const int DirectPathEntries = 1 << 16;

    public static readonly DropletId Droplet = new(0);
    public static readonly AgentId Agent = new(1);

    private const int OuterBytes = 114;
    private const int InnerSource = 14 + 12;
    private const int InnerDestination = 14 + 16;

    private static readonly Vni Vpc = new(3);
    private static readonly Ipv4Address Nic = Ipv4Address.Parse("172.17.0.21");
    private static readonly Ipv4Address Bouncer = Ipv4Address.Parse("172.17.0.22");
    private static readonly Ipv4Address Host = Ipv4Address.Parse("172.17.0.12");
    private static readonly Ipv4Address Local = Ipv4Address.Parse("10.0.0.2");
    private static readonly Ipv4Address FirstRemote = Ipv4Address.Parse("10.1.0.0");

    private readonly RotatingPath path;
    private readonly int endpoints;
    private readonly int stride;
    private readonly int offset;
    private readonly Frame pristine;
    private int next;

    public Rotation(RotatingPath path, int endpoints)
    {
        this.path = path;
        this.endpoints = endpoints;
        stride = StrideOf(endpoints);
        bool encapsulated = Program == ProgramId.Transit;
        offset = (encapsulated ? OuterBytes : 0) + (path == RotatingPath.HostLearning ? InnerSource : InnerDestination);
        byte[] inner = new PacketBuilder()
            .Ethernet(MacOf(FirstRemote), MacOf(Local))
            .Ipv4(path == RotatingPath.HostLearning ? FirstRemote : Local, path == RotatingPath.HostLearning ? Local : FirstRemote)
            .EchoRequest(1, 1).Bytes(new byte[56]).ToBytes();
        pristine = Frame.FromBytes(encapsulated
            ? PacketBuilder.Encapsulate(new MizarTunnel(MacOf(Nic), MacOf(Host), Host, Nic, Vpc, MizarOptions.ReturnTo(Host, MacOf(Host))), inner).ToBytes()
            : inner);
    }

    public ProgramId Program => path is RotatingPath.AgentToBouncer or RotatingPath.AgentDirectPath ? ProgramId.Agent : ProgramId.Transit;

    public Reason Expected => path switch
    {
        RotatingPath.AgentToBouncer => Reason.ToBouncer,
        RotatingPath.AgentDirectPath or RotatingPath.DividerCached => Reason.DirectPath,
        RotatingPath.BouncerToHost => Reason.ToHost,
        RotatingPath.BouncerToDivider => Reason.ToDivider,
        RotatingPath.DividerToBouncer => Reason.NetworkToBouncer,
        _ => Reason.Delivered,
    };

    /// <summary>Writes all rows, then sends one frame for every endpoint and holds what comes out against what must.</summary>
    /// <exception cref="WrongPathException">A frame took another way.</exception>
    public void Prepare(IDataPlane dataPlane)
    {
        Write(dataPlane);
        for (int i = 0; i < endpoints; i++)
        {
            Frame frame = default;
            Next(ref frame);
            ProgramResult result = dataPlane.Run(Droplet, Program, Agent, ref frame);
            WrongPathException.ThrowUnless(result.Verdict == Verdict.Redirect && result.Reason == Expected, $"{path}, endpoint {i} of {endpoints}: {result}, not {Expected}");
        }
        int learned = dataPlane.Rows(Droplet, Tables.DirectPath).Count;
        bool holdsAll = path is RotatingPath.AgentDirectPath or RotatingPath.DividerCached or RotatingPath.HostLearning;
        WrongPathException.ThrowUnless(learned == (holdsAll ? endpoints + Extra : Extra), $"{path}: {learned} direct paths for {endpoints} endpoints");
    }

    /// <summary>The next hop's frame.</summary>
    public void Next(ref Frame frame)
    {
        frame = pristine;
        next += stride;
        if (next >= endpoints)
        {
            next -= endpoints;
        }
        new Ipv4Address(FirstRemote.Value + (uint)next).Write(frame.Head[offset..]);
    }

    /// <summary>The row a divider learns of the one source.</summary>
    private int Extra => path is RotatingPath.DividerToBouncer or RotatingPath.DividerCached ? 1 : 0;

    private void Write(ITableWriter writer)
    {
        writer.Put(Droplet, Tables.Interface, 0, new InterfaceConfig(0, Nic, MacOf(Nic)));
        writer.Put(Droplet, Tables.AgentSlots, 0, PortId.Nic);
        foreach (int slot in new[] { 0, 1 })
        {
            writer.Put(Droplet, Tables.Slots, slot, new PortId(slot));
        }
        foreach (Ipv4Address droplet in new[] { Nic, Bouncer, Host })
        {
            writer.Put(Droplet, Tables.Endpoints, new EndpointKey(Vni.Substrate, droplet), new EndpointValue(EndpointType.Substrate, default, -1, MacOf(droplet)));
        }
        writer.Put(Droplet, Tables.Agents, Agent, new AgentConfig(Nic, MacOf(Nic), new EndpointKey(Vpc, Local), new AddressList(Bouncer)));
        writer.Put(Droplet, Tables.AgentSubstrate, new AgentSubstrateKey(Agent, new EndpointKey(Vni.Substrate, Bouncer)), MacOf(Bouncer));
        switch (path)
        {
            case RotatingPath.HostLearning:
                writer.Put(Droplet, Tables.Endpoints, new EndpointKey(Vpc, Local), new EndpointValue(EndpointType.Simple, new AddressList(Nic), 1, MacOf(Local)));
                break;
            case RotatingPath.BouncerToDivider:
                writer.Put(Droplet, Tables.Vpcs, Vpc, new AddressList(Bouncer));
                break;
            case RotatingPath.DividerToBouncer or RotatingPath.DividerCached:
                writer.Put(Droplet, Tables.Networks, new NetworkKey(Vpc, new Ipv4Prefix(FirstRemote, 16)), new AddressList(Bouncer));
                break;
        }
        for (int i = 0; i < endpoints; i++)
        {
            EndpointKey endpoint = new(Vpc, new Ipv4Address(FirstRemote.Value + (uint)i));
            if (path == RotatingPath.BouncerToHost)
            {
                writer.Put(Droplet, Tables.Endpoints, endpoint, new EndpointValue(EndpointType.Simple, new AddressList(Host), -1, MacOf(endpoint.Address)));
            }
            else if (path is RotatingPath.AgentDirectPath or RotatingPath.DividerCached)
            {
                writer.Put(Droplet, Tables.DirectPath, endpoint, new HostAddress(Host, MacOf(Host)));
            }
        }
    }

    private static MacAddress MacOf(Ipv4Address address) => new(0x0242_0000_0000u | address.Value);

    /// <summary>A step near the golden section of the count and coprime to it, so that every endpoint has its turn.</summary>
    private static int StrideOf(int count)
    {
        int stride = Math.Max(1, (int)(count * 0.618));
        while (System.Numerics.BigInteger.GreatestCommonDivisor(stride, count) != 1)
        {
            stride++;
        }
        return stride;
    }
}
