using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>A table's row as named fields, between its typed form and the bytes some data plane keeps it in. A field nobody set is zero.</summary>
internal sealed class Row
{
    private readonly Dictionary<string, FieldValue> fields = new(StringComparer.Ordinal);

    public IEnumerable<KeyValuePair<string, FieldValue>> Fields => fields;

    public FieldValue this[string name]
    {
        get => fields.GetValueOrDefault(name);
        set => fields[name] = value;
    }

    public bool Has(string name) => fields.ContainsKey(name);

    public Row Set(string name, ulong number)
    {
        fields[name] = new FieldValue(number, default);
        return this;
    }

    public Row Set(string name, long number) => Set(name, unchecked((ulong)number));

    public Row Set(string name, bool flag) => Set(name, flag ? 1ul : 0);

    public Row Set(string name, Ipv4Address address) => Set(name, (ulong)address.Value);

    public Row Set(string name, MacAddress mac) => Set(name, mac.Value);

    public Row Set(string name, in AddressList list)
    {
        fields[name] = new FieldValue(0, list);
        return this;
    }

    public Row Set(in EndpointKey key) => Set("vni", key.Vni.Value).Set("address", key.Address);

    public Row Set(in FlowKey flow) => Set("source", flow.Source).Set("destination", flow.Destination)
        .Set("source_port", (ulong)flow.SourcePort).Set("destination_port", (ulong)flow.DestinationPort).Set("protocol", (ulong)flow.Protocol);

    public ulong Number(string name) => this[name].Number;

    public int Integer(string name) => unchecked((int)(long)this[name].Number);

    public bool Flag(string name) => this[name].Number != 0;

    public Ipv4Address Address(string name) => new((uint)this[name].Number);

    public MacAddress Mac(string name) => new(this[name].Number);

    public AddressList List(string name) => this[name].List;

    public Vni Vni => new(Number("vni"));

    public EndpointKey Endpoint => new(Vni, Address("address"));

    public FlowKey Flow => new(
        Address("source"), Address("destination"), (ushort)Number("source_port"), (ushort)Number("destination_port"), (IpProtocol)Number("protocol"));
}
