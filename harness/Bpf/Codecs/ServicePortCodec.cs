using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>struct service_port, in a flat table whose keys have protocol and port above the address; ports as on the wire.</summary>
internal sealed class ServicePortCodec(FlatTable table) : TableCodec<ServicePortKey, ushort>, IDisposable
{
    private const int ProtocolShift = 40, PortShift = 48; // service_port_word()

    public override void Put(in ServicePortKey key, in ushort value) => table.Put(KeyOf(key), new FlatValue(BinaryPrimitives.ReverseEndianness(value), 0));

    public override void Delete(in ServicePortKey key) => table.Delete(KeyOf(key));

    public override IReadOnlyList<KeyValuePair<ServicePortKey, ushort>> Rows() =>
        [.. table.Rows().Select(row => KeyValuePair.Create(PortOf(row.Key), BinaryPrimitives.ReverseEndianness((ushort)row.Value.Low)))];

    public override void Clear() => table.Clear();

    public void Dispose() => table.Dispose();

    private static FlatKey KeyOf(in ServicePortKey key)
    {
        FlatKey service = FlatKey.Of(key.Service.Vni, key.Service.Address);
        return service with { AddressUsed = service.AddressUsed | (ulong)key.Protocol << ProtocolShift | (ulong)BinaryPrimitives.ReverseEndianness(key.Port) << PortShift };
    }

    private static ServicePortKey PortOf(FlatKey key) => new(
        new EndpointKey(new Vni(key.Vni), key.Address),
        BinaryPrimitives.ReverseEndianness((ushort)(key.AddressUsed >> PortShift)),
        (IpProtocol)(byte)(key.AddressUsed >> ProtocolShift));
}
