using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>struct network, in an LPM trie over the VNI's 64 bits and the network's; and what programs ask most, beside it.</summary>
internal sealed class NetworkCodec(BpfMap map, HostLists lists, NetworkRows rows) : ListMapCodec<NetworkKey, NetworkValue>(map, lists), IDisposable
{
    private const int VniBits = 64;
    private const int PeerVniAt = 16, GatewayAt = 24, GatewayMacAt = 28, GuardedAt = 34, OutsideAt = 35;

    protected override int KeyBytes => 16;

    protected override int ValueBytes => 40;

    protected override void WriteKey(in NetworkKey key, Span<byte> bytes)
    {
        Layout.Write(bytes, 0, VniBits + key.Prefix.Length);
        Layout.Write(bytes, 4, key.Vni.Value);
        key.Prefix.Address.Write(bytes[12..]);
    }

    protected override NetworkKey ReadKey(ReadOnlySpan<byte> bytes) =>
        new(new Vni(Layout.Read<ulong>(bytes, 4)), new Ipv4Prefix(Ipv4Address.Read(bytes[12..]), Layout.Read<int>(bytes, 0) - VniBits));

    protected override ListReference Take(in NetworkValue value) => Lists.TakeBouncers(value.Bouncers);

    protected override void WriteValue(in NetworkValue value, ListReference list, Span<byte> bytes)
    {
        list.Write(bytes);
        Layout.Write(bytes, PeerVniAt, value.PeerVni.Value);
        value.Gateway.Write(bytes[GatewayAt..]);
        value.GatewayMac.Write(bytes[GatewayMacAt..]);
        bytes[GuardedAt] = value.IsGuarded ? (byte)1 : (byte)0;
        bytes[OutsideAt] = value.IsOutside ? (byte)1 : (byte)0;
    }

    protected override void Written(in NetworkKey key, in NetworkValue value, ListReference list) => rows.Put(key, value, list);

    protected override void Deleted(in NetworkKey key) => rows.Delete(key);

    public override void Clear()
    {
        base.Clear();
        rows.Clear();
    }

    public void Dispose() => rows.Dispose();

    protected override NetworkValue ReadValue(ReadOnlySpan<byte> bytes) => new(Lists.Read(ListReference.Read(bytes)))
    {
        PeerVni = new Vni(Layout.Read<ulong>(bytes, PeerVniAt)),
        Gateway = Ipv4Address.Read(bytes[GatewayAt..]),
        GatewayMac = MacAddress.Read(bytes[GatewayMacAt..]),
        IsGuarded = bytes[GuardedAt] != 0,
        IsOutside = bytes[OutsideAt] != 0,
    };
}
