using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// Random agents of a <see cref="RandomDroplets"/> droplet and what their endpoints send: every field of an agent's row, statistics, stages, an MTU, direct-path
/// entries of every age; frames that are mostly the endpoint's own and now and then nobody's.
/// </summary>
internal sealed class RandomAgents(int seed, DataPlaneSettings settings)
{
    private const int Agents = 4;
    private static readonly DropletId Droplet = new(0);
    private static readonly uint[] Classes = [0, 5, 0x100_0100, 0x100_0010, 0x100_0001, 0x10_0100, 0x10_0010, 0x10_0001, 0x1_0100, 0x1_0010, 0x1_0001, 0x110_0100, 0x10_0000];
    private static readonly MacAddress Gateway = new(0x6A00_0000_00FEul);

    private readonly Random random = new(seed);
    private readonly RandomDroplets droplet = new(seed);
    private readonly AgentConfig[] agents = new AgentConfig[Agents];

    /// <summary>The time of the next run: from one to the next a while passes.</summary>
    public SimTime Now { get; private set; } = SimTime.FromSeconds(100);

    /// <summary>Writes a droplet into every one of the data planes.</summary>
    public void Write(ReadOnlySpan<IDataPlane> planes)
    {
        foreach (IDataPlane plane in planes)
        {
            plane.Now = Now;
        }
        droplet.Write(planes);
        Ipv4Address own = OwnAddress(planes[0]);
        for (int id = 1; id < Agents; id++)
        {
            AgentConfig agent = Agent(own);
            agents[id] = agent;
            if (Chance(9, 10))
            {
                Put(planes, Tables.Agents, new AgentId(id), agent);
            }
        }
        if (Chance(3, 4))
        {
            Put(planes, Tables.Statistics, 0, default(TransmitStatistics) with { PassBytes = (ulong)random.Next(100) });
        }
        for (int slot = 0; slot <= StageSlot.Aborted; slot++)
        {
            if (Chance(1, 5))
            {
                Put(planes, Tables.Stages, slot, (StageProgram)random.Next((int)StageProgram.Tx, (int)StageProgram.Drop + 1));
            }
        }
        for (int i = random.Next(4); i > 0; i--)
        {
            Put(planes, Tables.DirectPath, new EndpointKey(new Vni(3), Inner()), Cached());
        }
        if (planes[0].Rows(Droplet, Tables.Interface) is [{ Value: InterfaceConfig nic }] && Chance(1, 2))
        {
            Put(planes, Tables.Interface, 0, nic with { MtuBytes = random.Next(3) switch { 0 => 0, 1 => 1614, _ => random.Next(1, 400) } });
        }
    }

    /// <summary>Loads or unloads a stage, as may happen between two frames.</summary>
    public void ChangeStages(ReadOnlySpan<IDataPlane> planes)
    {
        int slot = random.Next(StageSlot.Aborted + 1);
        bool loads = Chance(1, 2);
        StageProgram stage = (StageProgram)random.Next((int)StageProgram.Tx, (int)StageProgram.Drop + 1);
        foreach (IDataPlane plane in planes)
        {
            if (loads)
            {
                plane.Put(Droplet, Tables.Stages, slot, stage);
            }
            else
            {
                plane.Delete(Droplet, Tables.Stages, slot);
            }
        }
    }

    public (ProgramId Program, AgentId Agent, byte[] Frame) Frame(IDataPlane plane)
    {
        Now += SimTime.FromMilliseconds(random.Next(200));
        if (Chance(1, 4))
        {
            return droplet.Frame(plane);
        }
        AgentId id = new(random.Next(1, Agents + 1));
        byte[] frame = Sent(agents[id.Value % Agents]);
        for (int i = random.Next(8) - 6; i > 0; i--)
        {
            frame[random.Next(frame.Length)] = (byte)random.Next(256);
        }
        return (ProgramId.Agent, id, Chance(1, 20) ? frame[..random.Next(14, frame.Length + 1)] : frame);
    }

    private AgentConfig Agent(Ipv4Address own) =>
        new(own, new MacAddress(0x0242_AC11_0000u + (uint)random.Next(4)), new EndpointKey(new Vni(Chance(3, 4) ? 3u : 0x1_0000_0005ul), Inner()), List(own))
        {
            Links = Chance(1, 2) ? AgentLinks.Usual : (AgentLinks)random.Next(128),
            MacOverride = Chance(1, 4) ? new MacAddress((ulong)random.NextInt64(1L << 48)) : MacAddress.Zero,
            PodLabel = (uint)random.NextInt64(1L << 32),
            NamespaceLabel = (uint)random.Next(3),
            ClassAndPriority = Classes[random.Next(Classes.Length)],
            EndpointMac = new MacAddress(0x6A00_0000_0000u + (uint)random.Next(4)),
            Gateway = Chance(3, 4) ? Ipv4Address.Parse("10.0.0.1") : Ipv4Address.Any,
            GatewayMac = Gateway,
        };

    private byte[] Sent(in AgentConfig agent)
    {
        byte[] frame = new byte[random.Next(4) == 0 ? random.Next(60, 1514) : random.Next(42, 130)];
        random.NextBytes(frame.AsSpan(34));
        (random.Next(6) switch { 0 => MacAddress.Broadcast, <= 2 => Gateway, _ => new MacAddress(0x6A00_0000_0000u + (uint)random.Next(4)) }).Write(frame);
        (Chance(9, 10) ? agent.EndpointMac : Gateway).Write(frame.AsSpan(6));
        if (Chance(1, 4))
        {
            WriteArp(frame, in agent);
        }
        else
        {
            WriteIpv4(frame.AsSpan(14), in agent);
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), Chance(19, 20) ? (ushort)0x0800 : (ushort)0x86DD);
        }
        return frame;
    }

    private void WriteArp(byte[] frame, in AgentConfig agent)
    {
        ReadOnlySpan<byte> head = [0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, (byte)random.Next(1, 3)];
        head.CopyTo(frame.AsSpan(12));
        (Chance(9, 10) ? agent.EndpointMac : Gateway).Write(frame.AsSpan(22));
        Ipv4Address target = Inner();
        Ipv4Address sender = random.Next(10) switch { 0 => Ipv4Address.Any, 1 => target, 2 => Inner(), _ => agent.Endpoint.Address };
        sender.Write(frame.AsSpan(28));
        target.Write(frame.AsSpan(38));
    }

    private void WriteIpv4(Span<byte> ip, in AgentConfig agent)
    {
        ip[0] = Chance(9, 10) ? (byte)0x45 : (byte)random.Next(0x44, 0x50);
        ip[1] = Chance(1, 2) ? (byte)0 : (byte)random.Next(256);
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(Chance(9, 10) ? ip.Length : random.Next(ip.Length)));
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], random.Next(6) switch { 0 or 1 => 0x4000, 2 => 0x2000, 3 => (ushort)random.Next(65536), _ => 0 });
        ip[8] = Chance(4, 5) ? (byte)64 : (byte)random.Next(4);
        ip[9] = random.Next(5) switch { 0 => 6, 1 or 2 => 17, 3 => 1, _ => random.Next(4) == 0 ? (byte)random.Next(256) : (byte)132 };
        (Chance(9, 10) ? agent.Endpoint.Address : Inner()).Write(ip[12..]);
        (random.Next(12) switch { 0 => Ipv4Address.Broadcast, 1 => Ipv4Address.Parse("224.0.0.5"), 2 => new Ipv4Address((uint)random.Next(1 << 24)), _ => Inner() }).Write(ip[16..]);
        ip[10..12].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Compute(ip[..20]));
        if (ip[9] == 17 && ip.Length >= 28 && Chance(4, 5))
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[24..], (ushort)(ip.Length - 20));
        }
        if (ip[9] == 6 && ip.Length >= 40 && Chance(4, 5))
        {
            ip[32] = 0x50;
        }
    }

    private CachedHost Cached()
    {
        bool lives = settings.Has(Switches.DirectPathLifetime);
        uint age = lives && Chance(1, 4) ? (uint)random.Next(100_000) : 0;
        return new CachedHost(new HostAddress(new Ipv4Address(0xAC11_000Bu + (uint)random.Next(8)), new MacAddress(0x0242_AC11_0000u + (uint)random.Next(8))))
        {
            Crosses = settings.Has(Switches.InnerTtl) && Chance(1, 2),
            Seen = lives ? LabClock.Ticks(Now) - age : 0,
        };
    }

    private AddressList List(Ipv4Address own)
    {
        Ipv4Address[] all = new Ipv4Address[random.Next(6) == 0 ? 0 : random.Next(1, 4)];
        foreach (ref Ipv4Address address in all.AsSpan())
        {
            address = Chance(1, 3) ? own : new Ipv4Address(0xAC11_000Bu + (uint)random.Next(8));
        }
        return new AddressList(all);
    }

    private static Ipv4Address OwnAddress(IDataPlane plane) =>
        plane.Rows(Droplet, Tables.Interface) is [{ Value: InterfaceConfig nic }] ? nic.Address : Ipv4Address.Any;

    private Ipv4Address Inner() => new(0x0A00_0000u + ((uint)random.Next(2) << 8) + (uint)random.Next(1, 6));

    private bool Chance(int part, int whole) => random.Next(whole) < part;

    private static void Put<TKey, TValue>(ReadOnlySpan<IDataPlane> planes, Table<TKey, TValue> table, TKey key, TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        foreach (IDataPlane plane in planes)
        {
            plane.Put(Droplet, table, key, value);
        }
    }
}
