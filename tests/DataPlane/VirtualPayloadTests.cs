using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.DataPlane;

/// <summary>
/// A frame whose payload is a length and a number against the same frame with its bytes: on every hop the same verdict, reason, target and bytes, and in the
/// end the same tables.
/// </summary>
public sealed class VirtualPayloadTests
{
    private const int MostHops = 80;

    [Fact]
    public void BytesAreMadeWhenAskedForAndAlwaysTheSame()
    {
        byte[] headers = [.. Enumerable.Range(0, 42).Select(i => (byte)i)];
        foreach (int length in new[] { 0, 1, 7, 8, 9, 1_000, 9_000 })
        {
            Frame frame = Frame.FromVirtual(headers, length, content: 17);
            byte[] bytes = frame.ToBytes();
            Assert.Equal(42 + length, frame.Length);
            Assert.Equal(length > 0, frame.HasVirtualPayload);
            Assert.Equal(headers, bytes[..42]);
            Assert.True(frame.EndsWith(bytes.AsSpan(42)));
            Assert.True(frame.Push(114));
            Assert.Equal(bytes, frame.ToBytes()[114..]);
            Assert.True(frame.Pull(114 + 14));
            Assert.Equal(bytes[14..], frame.ToBytes());
            if (length > 0)
            {
                bytes[^1] ^= 1;
                Assert.False(frame.EndsWith(bytes.AsSpan(42)));
                Assert.False(frame.EndsWith(bytes.AsSpan(42, length - 1)));
                Assert.NotEqual(bytes[42..], Frame.FromVirtual(headers, length, content: 18).ToBytes()[42..]);
            }
        }
    }

    [Fact]
    public void AFrameWrittenOverAnotherIsAsNew()
    {
        byte[] large = [.. Enumerable.Range(0, 1_500).Select(i => (byte)i)];
        byte[] small = [.. Enumerable.Range(0, 60).Select(i => (byte)(i * 3))];
        Frame virtualFrame = Frame.FromVirtual(small, 900, content: 3);
        Frame real = Frame.FromBytes(large);
        Frame reused = Frame.FromBytes(large);
        reused.Push(100);
        reused.LoadVirtual(small, 900, content: 3);
        Assert.Equal(virtualFrame.ToBytes(), reused.ToBytes());
        reused.Load(large);
        Assert.Equal(large, reused.ToBytes());
        Assert.False(reused.HasVirtualPayload);
        reused.CopyFrom(in virtualFrame);
        Assert.Equal(virtualFrame.ToBytes(), reused.ToBytes());
        reused.CopyFrom(in real);
        Assert.Equal(large, reused.ToBytes());
        reused.Load(small);
        Assert.Equal(small, reused.ToBytes());
        reused.SetLength(70);
        Assert.Equal([.. small, .. new byte[10]], reused.ToBytes());
    }

    [Theory]
    [InlineData(Dialect.Mizar)]
    [InlineData(Dialect.Lab)]
    public void PathVerdictsAndBytesAreThoseOfTheRealPayload(Dialect dialect)
    {
        GeneratedTopology topology = new(new GeneratedShape(Droplets: 12, Endpoints: 90) { EndpointsPerNetwork = 9, NetworksPerVpc = 5, DividersPerVpc = 1 });
        GeneratedPlan plan = new(topology, DataPlaneSettings.Of(dialect));
        ModelDataPlane real = plan.Build(), light = plan.Build();
        Random random = new(99);
        SortedDictionary<Reason, int> reasons = [];
        for (int packet = 0; packet < 4_000; packet++)
        {
            real.Now = light.Now = SimTime.FromMicroseconds(packet);
            EndpointId source = new(random.Next(topology.EndpointCount));
            byte[] headers = Headers(random, topology, source, out int payload);
            Frame virtualFrame = Frame.FromVirtual(headers, payload, (ulong)packet);
            Frame realFrame = Frame.FromBytes(virtualFrame.ToBytes());
            (DropletId at, ProgramId program, AgentId agent) = (topology.HostOf(source), ProgramId.Agent, plan.AgentOf(source));
            for (int hop = 0; hop < MostHops; hop++)
            {
                ProgramResult expected = real.Run(at, program, agent, ref realFrame);
                Assert.Equal(expected, light.Run(at, program, agent, ref virtualFrame));
                Assert.Equal(realFrame.ToBytes(), virtualFrame.ToBytes());
                reasons[expected.Reason] = reasons.GetValueOrDefault(expected.Reason) + 1;
                if (expected.Verdict != Verdict.Redirect || expected.Slot != PortId.Nic.Value)
                {
                    break;
                }
                Ipv4Address next = Ipv4Address.Read(realFrame.HeadView[30..]);
                (at, program, agent) = (new DropletId((int)(next.Value - topology.Roles.Droplets[0].Address.Value)), ProgramId.Transit, default);
            }
        }
        Assert.True(reasons.Count >= 8, string.Join(", ", reasons));
        Assert.Contains(Reason.Delivered, reasons.Keys);
        Assert.Contains(Reason.DirectPath, reasons.Keys);
        for (int d = 0; d < topology.DropletCount; d++)
        {
            Assert.Equal(real.Rows(new DropletId(d), Tables.DirectPath), light.Rows(new DropletId(d), Tables.DirectPath));
            Assert.Equal(real.Rows(new DropletId(d), Tables.Drops), light.Rows(new DropletId(d), Tables.Drops));
        }
    }

    /// <summary>Any endpoint of the VPC, a gateway or nobody; any protocol, TTL and length; don't-fragment or not. A sum over the payload is left 0.</summary>
    private static byte[] Headers(Random random, GeneratedTopology topology, EndpointId source, out int payload)
    {
        Network network = topology.Roles[topology.NetworkOf(source)];
        EndpointId target = new((source.Index / 45 * 45) + random.Next(45));
        bool near = topology.NetworkOf(target) == topology.NetworkOf(source);
        Ipv4Address destination = random.Next(12) switch
        {
            0 => network.Gateway,
            1 => new Ipv4Address(network.Cidr.Broadcast.Value - 1),
            _ => topology.AddressOf(target),
        };
        payload = random.Next(4) switch
        {
            0 => random.Next(20),
            1 => 1_400 + random.Next(200),
            _ => random.Next(1_300),
        };
        PacketBuilder packet = new PacketBuilder()
            .Ethernet(near ? topology.MacOf(target) : network.GatewayMac, topology.MacOf(source))
            .Ipv4(topology.AddressOf(source), destination, ttl: (byte)(random.Next(10) == 0 ? 1 : 64), flags: random.Next(2) == 0 ? Ipv4Flags.DontFragment : Ipv4Flags.None);
        byte[] whole = (random.Next(3) switch
        {
            0 => packet.Udp((ushort)random.Next(1, 65_536), 53),
            1 => packet.Tcp((ushort)random.Next(1, 65_536), 80, 1, 0, TcpFlags.Syn),
            _ => packet.EchoRequest(1, 1),
        }).Bytes(new byte[payload]).ToBytes();
        return whole[..^payload];
    }
}
