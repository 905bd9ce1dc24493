using System.Collections.Immutable;
using MizarLab.Packets;

namespace MizarLab.Tests.Packets;

public class FrameDecoderTests
{
    [Fact]
    public void AVectorFrameIsDecodedToTheInnermostField()
    {
        ImmutableArray<DecodedField> fields = FrameDecoder.Decode(VectorFrames.Named[0]);
        Assert.Equal(new DecodedField("eth", "dst", "02:42:ac:11:00:15", 0, 6), fields[0]);
        Assert.Contains(new DecodedField("ipv4", "ttl", "64", 22, 1), fields);
        Assert.Contains(new DecodedField("udp", "csum", "0x0000", 40, 2) { Note = "none" }, fields);
        Assert.Contains(new DecodedField("geneve", "vni", "3", 46, 3), fields);
        Assert.Contains(new DecodedField("mizar", "rts_host", "172.17.0.11", 55, 4), fields);
        Assert.Contains(new DecodedField("mizar", "ns_type", "0x51", 108, 1), fields);
        Assert.Contains(new DecodedField("inner eth", "src", "6a:00:00:00:00:02", 120, 6), fields);
        Assert.Contains(new DecodedField("inner ipv4", "flags", "df", 134, 1), fields);
        Assert.Contains(new DecodedField("inner icmp", "type", "echo_request", 148, 1), fields);
        Assert.Equal(new DecodedField("inner payload", "data", "text \"abcdefgh\"", 156, 8), fields[^1]);
    }

    [Theory]
    [InlineData("ipv4 csum=0x1234 / udp sport=1 dport=2 csum=0x0bad / hex 01", "ipv4 csum", "should be 0x7ad1")]
    [InlineData("ipv4 csum=0x1234 / udp sport=1 dport=2 csum=0x0bad / hex 01", "udp csum", "should be 0xfed9")]
    [InlineData("ipv4 / udp len=10 / hex 01", "udp len", "should be 9")]
    [InlineData("ipv4 / udp len=65000 / hex 01", "udp len", "should be 9")]
    [InlineData("ipv4 len=100 / udp len=90 csum=1 / hex 01", "udp csum", null)] // cut off: cannot be judged
    [InlineData("ipv4 len=100 / udp len=80 csum=1 / hex 01", "ipv4 len", "should be 29")]
    [InlineData("ipv4 flags=mf / udp len=90 csum=1 / hex 01", "udp csum", null)] // first fragment: cannot be judged
    [InlineData("ipv4 flags=mf / udp len=90 csum=1 / hex 01", "ipv4 csum", null)]
    [InlineData("ipv4 / tcp csum=1", "tcp csum", "should be 0xafe5")]
    [InlineData("ipv4 / icmp csum=1", "icmp csum", "should be 0xf7ff")]
    [InlineData("ipv4 ihl=4 / hex 01", "ipv4 ihl", "should be 5")]
    [InlineData("ipv4 / icmp type=time_exceeded / ipv4 len=999 / udp len=979 csum=1", "quoted udp csum", null)]
    [InlineData("ipv4 / icmp type=time_exceeded / ipv4 len=999 csum=5 / udp", "quoted ipv4 csum", null)]
    [InlineData("ipv4 / udp / geneve optlen=3 / mizar / eth", "geneve optlen", "should be 16")]
    [InlineData("ipv4 / udp csum=1 / geneve / mizar / eth", "udp csum", "should be")]
    public void WhatDoesNotHoldIsNoted(string text, string name, string? note)
    {
        byte[] frame = PacketText.Parse("eth / " + text);
        DecodedField field = FrameDecoder.Decode(frame).First(f => $"{f.Layer} {f.Field}" == name);
        if (note is null)
        {
            Assert.Null(field.Note);
        }
        else
        {
            Assert.StartsWith(note, field.Note);
        }
    }

    [Fact]
    public void WhatHoldsIsNotNoted()
    {
        var frames = new RandomFrames(6);
        for (int i = 0; i < 2000; i++)
        {
            byte[] frame = frames.Valid().ToBytes();
            if (FrameDecoder.Decode(frame).FirstOrDefault(static f => f.Note is not (null or "none")) is { } wrong)
            {
                Assert.Fail($"{wrong}\n{PacketText.Format(frame)}");
            }
        }
    }

    [Theory]
    [InlineData("eth / ipv4 frag=5 proto=udp / udp", "eth,ipv4,payload")] // a later fragment carries no header
    [InlineData("eth / ipv4 version=6 / udp", "eth,ipv4,payload")]
    [InlineData("eth / ipv4 ihl=15 / udp", "eth,ipv4,payload")]
    [InlineData("eth / ipv4 / tcp doff=1 / hex 01", "eth,ipv4,tcp,payload")]
    [InlineData("eth / arp hlen=5", "eth,payload")]
    [InlineData("eth type=ipv4 / hex 4500", "eth,payload")]
    [InlineData("hex 00112233", "payload")]
    [InlineData("eth / ipv4 / udp / hex 01 / trailer 0203", "eth,ipv4,udp,payload,trailer")]
    [InlineData("eth / ipv4 / udp / geneve / mizar / eth / arp / trailer 00 / trailer 0000", "eth,ipv4,udp,geneve,mizar,inner eth,inner arp,inner trailer,trailer")]
    [InlineData("eth / ipv4 / udp / geneve / ipv4 / icmp type=time_exceeded / ipv4 / tcp", "eth,ipv4,udp,geneve,inner ipv4,inner icmp,inner quoted ipv4,inner quoted tcp")]
    [InlineData("eth / ipv4 / udp / geneve / option class=0x1101 / eth / arp", "eth,ipv4,udp,geneve,option,inner eth,inner arp")] // 64 bytes would not fit
    [InlineData("eth / ipv4 / udp / geneve / rts / scaled / pod_label / ns_label / option / eth", "eth,ipv4,udp,geneve,rts,scaled,pod_label,ns_label,option,inner eth")]
    [InlineData("eth / ipv4 / udp / geneve / rts len=1 / hex 00", "eth,ipv4,udp,geneve,option,inner payload")]
    [InlineData("eth / ipv4 / udp / geneve optlen=63 / option len=31 / hex 00", "eth,ipv4,udp,geneve,option_bytes")]
    [InlineData("eth / ipv4 / udp / geneve proto=ipv6 / hex 60", "eth,ipv4,udp,geneve,inner payload")]
    public void LayersAreFoundAndNamed(string text, string layers) => Assert.Equal(
        layers, string.Join(',', FrameDecoder.Decode(PacketText.Parse(text)).Select(static f => f.Layer).Distinct()));

    [Fact]
    public void TunnelsInTunnelsEndSomewhere()
    {
        string text = "eth" + string.Concat(Enumerable.Repeat(" / ipv4 / udp / geneve / eth", 200));
        byte[] frame = PacketText.Parse(text);
        ImmutableArray<DecodedField> fields = FrameDecoder.Decode(frame);
        Assert.Equal("inner inner inner inner payload", fields[^1].Layer);
        Assert.Equal(frame, PacketText.Parse(PacketText.Format(frame)));
        byte[] tags = PacketText.Parse("eth" + string.Concat(Enumerable.Repeat(" / vlan", 20_000)));
        Assert.Equal("payload", FrameDecoder.Decode(tags)[^1].Layer);
        Assert.Equal(tags, PacketText.Parse(PacketText.Format(tags)));
    }

    [Fact]
    public void NothingAtAllHasNoFields() => Assert.Empty(FrameDecoder.Decode([]));
}
