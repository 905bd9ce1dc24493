using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Packets;
using static MizarLab.Tests.DataPlane.LabWorld;

namespace MizarLab.Tests.DataPlane;

/// <summary>Transit's ladder in the dialect <c>lab</c>: each correction with its switch on and off (spec §3.5, §8.1).</summary>
public sealed class LabLadderTests
{
    private const Switches All = Switches.All;

    [Theory]
    [InlineData(All, Verdict.Pass, Reason.OtherAddress)]
    [InlineData(All & ~Switches.ForeignUdp, Verdict.Drop, Reason.NotOurAddress)]
    public void Udp_to_another_address(Switches on, Verdict verdict, Reason reason)
    {
        byte[] frame = But(Tunnel(Udp(Local, Remote)), f => f[33] = 99);
        Assert.Equal((verdict, reason), Brief(new LabWorld(on).Transit(frame, out _)));
    }

    /// <summary>Another network's Geneve on the same host, with its UDP checksums: it is not ours to judge.</summary>
    [Theory]
    [InlineData(All, Verdict.Pass, Reason.ForeignGeneve)]
    [InlineData(All & ~Switches.ForeignGeneve, Verdict.Aborted, Reason.BadRtsOption)]
    public void Foreign_geneve(Switches on, Verdict verdict, Reason reason)
    {
        byte[] otherClass = But(Tunnel(Udp(Local, Remote)), f => (f[50], f[40]) = (0x42, 0x42));
        byte[] otherType = But(Tunnel(Udp(Local, Remote)), f => f[52] = 0x11);
        byte[] noOptions = [.. But(Tunnel(Udp(Local, Remote)), f => f[42] = 0)[..64]];
        foreach (byte[] frame in (byte[][])[otherClass, otherType, noOptions])
        {
            Assert.Equal((verdict, reason), Brief(new LabWorld(on).Transit(frame, out _)));
        }
    }

    [Theory]
    [InlineData(All, true, Reason.ToHost)]
    [InlineData(All, false, Reason.ForeignGeneve)]
    [InlineData(All & ~Switches.StandardOptions, false, Reason.ToHost)]
    [InlineData(All & ~Switches.StandardOptions, true, Reason.ForeignGeneve)]
    public void Options_of_one_kind_are_taken(Switches on, bool standard, Reason reason) =>
        Assert.Equal(reason, new LabWorld(on).Transit(Tunnel(Udp(Local, Remote), standard: standard)));

    /// <summary>One lie each; the offsets are those of spec §2. Without the switch the frame is sent on as upstream would.</summary>
    [Theory]
    [InlineData(0, 0x01, Reason.BadOuterHeader)] // addressed to a group
    [InlineData(17, 0xFF, Reason.BadOuterHeader)] // total length
    [InlineData(39, 0xFF, Reason.BadOuterHeader)] // UDP length
    [InlineData(40, 0x01, Reason.BadOuterHeader)] // UDP checksum
    [InlineData(42, 0x50, Reason.BadGeneve)] // version
    [InlineData(43, 0x80, Reason.BadGeneve)] // control
    [InlineData(43, 0x40, Reason.BadGeneve)] // critical without a critical option
    [InlineData(42, 0x11, Reason.BadOptions)] // word count
    [InlineData(53, 0x02, Reason.BadOptions)] // RTS length
    [InlineData(66, 0x02, Reason.BadOptions)] // scaled class
    [InlineData(68, 0x48, Reason.BadOptions)] // scaled type
    [InlineData(69, 0x00, Reason.BadOptions)] // scaled length
    [InlineData(100, 0x51, Reason.BadOptions)] // label type
    [InlineData(109, 0x02, Reason.BadOptions)] // label length
    [InlineData(128, 0x65, Reason.BadInnerHeader)] // version 6
    [InlineData(128, 0x44, Reason.BadInnerHeader)] // 16 bytes of header
    [InlineData(131, 0xFF, Reason.BadInnerHeader)] // total length
    [InlineData(136, 0x00, Reason.BadInnerHeader)] // TTL
    [InlineData(140, 0xE0, Reason.BadInnerHeader)] // a group's source
    [InlineData(138, 0x55, Reason.BadInnerHeader)] // checksum
    [InlineData(153, 0x07, Reason.BadInnerTransport)] // UDP length
    [InlineData(153, 0x1B, Reason.BadInnerTransport)]
    public void A_lie_is_refused(int at, byte value, Reason reason)
    {
        byte[] frame = But(Tunnel(Udp(Local, Remote)), f => f[at] = value);
        if (at is >= 128 and < 148 and not 138)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(138), InternetChecksum.ComputeWithout(frame.AsSpan(128, 20), 10));
        }
        LabWorld world = new();
        Assert.Equal((Verdict.Drop, reason), Brief(world.Transit(frame, out _)));
        Assert.Equal(1ul, world.Drops(reason));
        Reason off = new LabWorld(All & ~Switches.StrictParsing).Transit(frame);
        Assert.DoesNotContain(off, new[] { Reason.BadOuterHeader, Reason.BadGeneve, Reason.BadOptions, Reason.BadInnerHeader, Reason.BadInnerTransport });
    }

    [Fact]
    public void A_wrong_outer_checksum_is_refused()
    {
        byte[] frame = Tunnel(Udp(Local, Remote));
        frame[24] ^= 1;
        Assert.Equal(Reason.BadOuterHeader, new LabWorld().Transit(frame));
        Assert.Equal(Reason.ToHost, new LabWorld(All & ~Switches.StrictParsing).Transit(frame));
    }

    /// <summary>RFC 8926 §3.4, §3.5: reserved bits are ignored on receipt.</summary>
    [Theory]
    [InlineData(43, 0x3F)]
    [InlineData(49, 0xFF)]
    [InlineData(53, 0xE3)]
    [InlineData(101, 0xE1)]
    public void Reserved_bits_are_ignored(int at, byte value) =>
        Assert.Equal(Reason.ToHost, new LabWorld().Transit(But(Tunnel(Udp(Local, Remote)), f => f[at] = value)));

    [Fact]
    public void Bytes_behind_the_datagram_are_carried()
    {
        byte[] frame = [.. Tunnel(Udp(Local, Remote)), 1, 2, 3];
        Assert.Equal(Reason.ToHost, new LabWorld().Transit(frame, out byte[] after).Reason);
        Assert.Equal([1, 2, 3], after[^3..]);
    }

    [Fact]
    public void Outer_fragments_and_options_are_the_hosts_affair()
    {
        foreach (Action<byte[]> change in (Action<byte[]>[])[f => f[20] = 0x20, f => f[21] = 1, f => f[14] = 0x46])
        {
            byte[] frame = But(Tunnel(Udp(Local, Remote)), change);
            Assert.Equal((Verdict.Pass, Reason.NotGeneve), Brief(new LabWorld().Transit(frame, out _)));
        }
    }

    [Theory]
    [InlineData(All, Reason.InnerTypeRefused)]
    [InlineData(All & ~Switches.InnerType, Reason.ToHost)]
    public void An_inner_frame_that_is_neither_arp_nor_ipv4(Switches on, Reason reason) =>
        Assert.Equal(reason, new LabWorld(on).Transit(But(Tunnel(Udp(Local, Remote)), f => f[126] = 0x86)));

    [Theory]
    [InlineData(All, Reason.ToHost)]
    [InlineData(All & ~Switches.Fragments & ~Switches.StrictParsing, Reason.ShortInnerTransport)]
    public void A_later_fragment_shorter_than_a_header(Switches on, Reason reason)
    {
        byte[] inner = new PacketBuilder().Ethernet(RemoteMac, SenderMac)
            .Ipv4(new Ipv4Address(Local), new Ipv4Address(Remote), fragmentUnits: 5).Set("proto", 17).Bytes([1, 2, 3]).ToBytes();
        Assert.Equal(reason, new LabWorld(on).Transit(Tunnel(inner)));
    }

    [Theory]
    [InlineData(All & ~Switches.StrictParsing, Reason.ShortInnerTransport)]
    [InlineData(All & ~Switches.StrictParsing & ~Switches.RealHeaderLength, Reason.ToHost)]
    public void Ports_are_looked_for_behind_the_options(Switches on, Reason reason)
    {
        // Twelve bytes of options and no transport header behind them: at 20 bytes there would be eight to read.
        byte[] inner = new PacketBuilder().Ethernet(RemoteMac, SenderMac)
            .Ipv4(new Ipv4Address(Local), new Ipv4Address(Remote), options: new OptionBytes(new byte[12])).Set("proto", 17).ToBytes();
        Assert.Equal(reason, new LabWorld(on).Transit(Tunnel(inner)));
    }

    [Theory]
    [InlineData(All, Stranger, Reason.UntrustedPeer)]
    [InlineData(All, Own, Reason.UntrustedPeer)]
    [InlineData(All, Host, Reason.ToHost)]
    [InlineData(All & ~Switches.TrustedPeers, Stranger, Reason.ToHost)]
    public void Only_peers_are_heard(Switches on, uint from, Reason reason) =>
        Assert.Equal(reason, new LabWorld(on).Transit(Tunnel(Udp(Local, Remote), from)));

    /// <summary>The same address from our own agent is no lie.</summary>
    [Fact]
    public void Our_own_agent_is_a_peer()
    {
        LabWorld world = new();
        world.Put(Tables.Agents, LabWorld.Agent, new AgentConfig(new Ipv4Address(Own), MacOf(Own), Key(Hosted), new AddressList(new Ipv4Address(Own))) { EndpointMac = HostedMac });
        world.Put(Tables.AgentSubstrate, new AgentSubstrateKey(LabWorld.Agent, new EndpointKey(Vni.Substrate, new Ipv4Address(Own))), MacOf(Own));
        byte[] frame = Udp(Hosted, Remote);
        HostedMac.Write(frame.AsSpan(6));
        Assert.Equal(Reason.ToHost, world.FromEndpoint(frame, out _).Reason);
    }

    [Theory]
    [InlineData(All, Verdict.Redirect, Reason.ToHost)]
    [InlineData(All & ~Switches.EcnIsNoPriority, Verdict.Pass, Reason.LowPriority)]
    public void An_ecn_bit_is_no_priority(Switches on, Verdict verdict, Reason reason) =>
        Assert.Equal((verdict, reason), Brief(new LabWorld(on).Transit(Tunnel(Udp(Local, Remote, tos: 2), tos: 0x2A), out _)));

    [Fact]
    public void Arp_lengths_that_lie_are_refused()
    {
        byte[] frame = But(Tunnel(ArpRequest(Local, Remote)), f => f[132] = 8);
        Assert.Equal(Reason.ArpRefused, new LabWorld().Transit(frame));
        Assert.Equal(Reason.ToHost, new LabWorld(All & ~Switches.StrictParsing).Transit(frame));
    }

    private static (Verdict, Reason) Brief(in ProgramResult result) => (result.Verdict, result.Reason);
}
