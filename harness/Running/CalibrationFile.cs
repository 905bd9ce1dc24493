using System.Text.Json;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Inputs;

namespace MizarLab.Harness.Running;

/// <summary>
/// A calibration as a JSON file: nanoseconds of each program by the way a frame went, which its reason names; <c>other</c> is every way that is not named.
/// </summary>
/// <example><code>{ "agent": { "other": 119, "direct_path": 101 }, "transit": { "other": 108, "to_host": 117.5, "delivered": 249 } }</code></example>
public static class CalibrationFile
{
    private const string Other = "other";
    private const decimal MostNanoseconds = 1_000_000_000;

    private const int Depth = 8;

    /// <param name="name">What errors call it.</param>
    /// <param name="text">The file's, UTF-8.</param>
    /// <exception cref="HarnessException">Something in it is not as it should be; the message says where, and the mend.</exception>
    public static Calibration Parse(string name, byte[] text)
    {
        try
        {
            using JsonSource source = JsonSource.Parse(name, text, Depth);
            return Read(source);
        }
        catch (JsonSourceException failure)
        {
            throw new HarnessException(failure.Message, failure);
        }
    }

    private static Calibration Read(JsonSource source)
    {
        JsonElement root = source.Root;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(source, [], false, """a calibration is an object with agent and transit ({ "agent": { "other": 119 } })""");
        }
        Calibration made = Calibration.Zero;
        foreach (JsonProperty program in root.EnumerateObject())
        {
            ProgramId id = program.Name switch
            {
                "agent" => ProgramId.Agent,
                "transit" => ProgramId.Transit,
                _ => throw Wrong(source, [program.Name], true, $"'{program.Name}' is no program; there are agent and transit"),
            };
            if (program.Value.ValueKind != JsonValueKind.Object)
            {
                throw Wrong(source, [program.Name], false, $$"""{{program.Name}} is an object of ways and nanoseconds ({ "other": 119 })""");
            }
            // What is named wins over what is not, wherever it stands.
            foreach (JsonProperty way in program.Value.EnumerateObject().OrderBy(way => way.Name != Other))
            {
                SimTime time = TimeOf(source, program.Name, way);
                made = way.Name == Other ? made.WithAll(id, time) : made.With(id, ReasonOf(source, program.Name, way.Name), time);
            }
        }
        return made;
    }

    private static HarnessException Wrong(JsonSource source, object[] path, bool key, string what) => new($"{source.PlaceOf(path, key)}: {what}");

    private static SimTime TimeOf(JsonSource source, string program, JsonProperty way)
    {
        if (way.Value.ValueKind != JsonValueKind.Number || !way.Value.TryGetDecimal(out decimal nanoseconds) || nanoseconds is < 0 or > MostNanoseconds)
        {
            throw Wrong(source, [program, way.Name], false, $"{program}.{way.Name} is {way.Value.GetRawText()}; expected nanoseconds, from 0 to {MostNanoseconds}");
        }
        return new SimTime((long)(nanoseconds * 1_000));
    }

    private static Reason ReasonOf(JsonSource source, string program, string word)
    {
        foreach (Reason reason in Enum.GetValues<Reason>())
        {
            if (TableText.Word(reason) == word)
            {
                return reason;
            }
        }
        throw Wrong(source, [program, word], true, $"'{word}' is no way through a program; ways are reasons ({string.Join(", ", Enum.GetValues<Reason>().Take(8).Select(r => TableText.Word(r)))}, …), and other");
    }
}
