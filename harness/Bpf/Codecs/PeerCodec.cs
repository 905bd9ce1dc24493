using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>struct peer, in a flat table under VNI 0.</summary>
internal sealed class PeerCodec(FlatTable table) : TableCodec<Ipv4Address, PeerState>, IDisposable
{
    public override void Put(in Ipv4Address key, in PeerState value) => table.Put(KeyOf(key), new FlatValue((uint)value, 0));

    public override void Delete(in Ipv4Address key) => table.Delete(KeyOf(key));

    public override IReadOnlyList<KeyValuePair<Ipv4Address, PeerState>> Rows() =>
        [.. table.Rows().Select(row => KeyValuePair.Create(row.Key.Address, (PeerState)row.Value.Low))];

    public override void Clear() => table.Clear();

    public void Dispose() => table.Dispose();

    private static FlatKey KeyOf(Ipv4Address address) => FlatKey.Of(Vni.Substrate, address);
}
