using System.Text;
using System.Text.Json;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Harness.Conformance;
using MizarLab.Harness.Conformance.Fuzzing;
using MizarLab.Harness.Conformance.Rows;
using MizarLab.Harness.Inputs;
using MizarLab.Packets;

namespace MizarLab.Tests.Conformance;

/// <summary>The lab's own form of vectors has a place for everything: what is written is read back, whatever fields tables come to have.</summary>
public sealed class VectorFormTests
{
    [Fact]
    public void Every_field_of_every_table_is_written_and_read_back()
    {
        foreach (TableShape shape in TableShape.All.Values)
        {
            StateRow zero = shape.Row(Zero(shape.Key), Zero(shape.Value));
            Assert.Equal(zero, Again(zero));
            foreach (Leaf leaf in shape.Key.Leaves)
            {
                StateRow row = shape.Row(leaf.With(zero.BoxedKey, Other(leaf.Type)), zero.BoxedValue!);
                Assert.NotEqual(zero, row);
                Assert.Equal(row, Again(row));
                Assert.Equal(row.Removed(), Again(row.Removed()));
            }
            foreach (Leaf leaf in shape.Value.Leaves)
            {
                StateRow row = shape.Row(zero.BoxedKey, leaf.With(zero.BoxedValue!, Other(leaf.Type)));
                Assert.NotEqual(zero, row);
                Assert.Equal(row, Again(row));
            }
        }
    }

    [Fact]
    public void Settings_are_written_and_read_back()
    {
        DataPlaneSettings[] all =
        [
            DataPlaneSettings.Mizar, DataPlaneSettings.Lab, DataPlaneSettings.Mizar with { On = Switches.LoopGuard | Switches.PacedEdt },
            DataPlaneSettings.Lab with { On = Switches.None, BackendSharding = ShardingKind.Maglev, MaglevSlots = 13, DirectPathLifetime = SimTime.FromSeconds(3) },
        ];
        foreach (DataPlaneSettings settings in all)
        {
            FuzzCase given = new(settings, [DropletState.Empty], [new FuzzStep(0, ProgramId.Transit, default, new byte[14], SimTime.FromSeconds(1))]);
            Assert.Equal(settings, Assert.Single(Written(given).Settings));
        }
    }

    [Fact]
    public void A_case_of_several_droplets_is_replayed_as_runs()
    {
        DropletState nic = new([StateRow.New(Tables.Interface, 0, new InterfaceConfig(0, Ipv4Address.Parse("172.17.0.2"), default))]) { Agents = 4 };
        FuzzStep step = new(1, ProgramId.Agent, new AgentId(2), new byte[20], SimTime.Zero);
        FuzzCase given = new(DataPlaneSettings.Lab, [DropletState.Empty, nic], [step, step with { Droplet = 0, Program = ProgramId.Transit, Agent = default }]);

        VectorSuite suite = Written(given);

        Assert.Equal(2, suite.Droplets);
        Assert.Equal(new AgentId(2), suite.Worlds.Single().Runs[0].Agent);
        Assert.Equal("", VectorRunner.Run(suite, new ModelDataPlane(2, DataPlaneSettings.Lab)).Single().Reason);
        ChainWorld world = suite.Worlds.Single();
        VectorSuite wrong = suite with { Worlds = [world with { Runs = world.Runs.SetItem(1, world.Runs[1] with { Verdict = Verdict.Tx }) }] };
        Assert.StartsWith("run 2 at d1: verdict: expected TX", VectorRunner.Run(wrong, new ModelDataPlane(2, DataPlaneSettings.Lab)).Single().Reason);
    }

    [Theory]
    [InlineData("""{"dialect":"lba"}""", "dialect: 'lba' is none of mizar, lab")]
    [InlineData("""{"switches":["loopguard"]}""", "switches[0]: no switch is named 'loopguard'")]
    [InlineData("""{"settings":{"maglev":3}}""", "settings.maglev: no such setting; there are")]
    [InlineData("""{"tables":{"endpoint":[]}}""", "tables.endpoint: no table of this name is known; there are")]
    [InlineData("""{"tables":{"endpoints":[{"key":{"vni":3,"adress":"10.0.0.2"},"value":{}}]}}""", "tables.endpoints[0].key.adress: no such field; there are vni, address")]
    [InlineData("""{"tables":{"endpoints":[{"key":{"vni":3,"address":"10.0.0.2"},"value":{"type":"simpel"}}]}}""", "value.type: 'simpel' is none of substrate, simple")]
    public void What_is_wrong_is_told_by_its_element(string part, string message)
    {
        string rest = """{"name":"v","program":"_transit","tables":{},"in_hex":"00","out_hex":"00","action":"XDP_ABORTED","changes":{}}""";
        Dictionary<string, JsonElement> merged = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(rest)!;
        foreach ((string name, JsonElement value) in JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(part)!)
        {
            merged[name] = value;
        }
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(new[] { merged });
        Assert.Contains(message, Assert.Throws<VectorException>(() => VectorSuite.Read("v.json", new MemoryStream(json))).Message);
    }

    private static VectorSuite Written(FuzzCase given)
    {
        ModelDataPlane model = new(given.Droplets.Length, given.Settings);
        using MemoryStream stream = new();
        CaseWriter.Write(stream, "name", "note", given, CaseJudge.Record(given, model));
        stream.Position = 0;
        return VectorSuite.Read("v.json", stream);
    }

    private static StateRow Again(StateRow row)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            RowForm.Write(json, [row]);
        }
        using JsonSource source = JsonSource.Parse("rows", stream.ToArray(), 32);
        return Assert.Single(RowForm.Read(Element.Root(source)));
    }

    private static object Zero(StructShape shape) => System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(shape.Type);

    private static object Other(Type type) => type switch
    {
        _ when type == typeof(bool) => true,
        _ when type == typeof(Vni) => new Vni(ulong.MaxValue),
        _ when type == typeof(Ipv4Address) => Ipv4Address.Parse("255.0.0.1"),
        _ when type == typeof(MacAddress) => MacAddress.Broadcast,
        _ when type == typeof(Ipv4Prefix) => new Ipv4Prefix(Ipv4Address.Parse("128.0.0.0"), 1),
        _ when type == typeof(AddressList) => new AddressList([Ipv4Address.Any, Ipv4Address.Parse("1.2.3.4")]),
        _ when type == typeof(SimTime) => new SimTime(1),
        _ when type.IsEnum => Enum.ToObject(type, 77),
        _ when type == typeof(int) => -2,
        _ => Convert.ChangeType(200, type, System.Globalization.CultureInfo.InvariantCulture),
    };
}
