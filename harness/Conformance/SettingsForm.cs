using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using MizarLab.DataPlane;
using MizarLab.Harness.Conformance.Rows;

namespace MizarLab.Harness.Conformance;

/// <summary>
/// What a vector was recorded with: <c>"dialect": "lab"</c> (absent: <c>mizar</c>), <c>"switches": [names of all that are on]</c> (absent: the dialect's own) and
/// <c>"settings": {sharding, lifetimes, …}</c> (what is absent is the dialect's own; times are picoseconds).
/// </summary>
internal static class SettingsForm
{
    private static readonly ImmutableArray<PropertyInfo> Fields =
    [
        .. typeof(DataPlaneSettings).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && LeafForm.IsLeaf(property.PropertyType) && property.Name is not (nameof(DataPlaneSettings.Dialect) or nameof(DataPlaneSettings.On))),
    ];

    public static void Write(Utf8JsonWriter json, DataPlaneSettings settings)
    {
        DataPlaneSettings usual = DataPlaneSettings.Of(settings.Dialect);
        if (settings == DataPlaneSettings.Mizar)
        {
            return;
        }
        json.WriteString("dialect", Name(settings.Dialect.ToString()));
        if (settings.On != usual.On)
        {
            json.WriteStartArray("switches");
            foreach (Switches one in Each().Where(one => settings.Has(one)))
            {
                json.WriteStringValue(Name(one.ToString()));
            }
            json.WriteEndArray();
        }
        json.WriteStartObject("settings");
        foreach (PropertyInfo field in Fields.Where(field => !Equals(field.GetValue(settings), field.GetValue(usual))))
        {
            json.WritePropertyName(Name(field.Name));
            LeafForm.Write(json, field.GetValue(settings)!);
        }
        json.WriteEndObject();
    }

    /// <exception cref="VectorException">Names the element.</exception>
    public static DataPlaneSettings Read(Element item)
    {
        DataPlaneSettings settings = item.Optional("dialect") is { } dialect
            ? DataPlaneSettings.Of((Dialect)LeafForm.Read(dialect, typeof(Dialect)))
            : DataPlaneSettings.Mizar;
        if (item.Optional("switches") is { } switches)
        {
            settings = settings with { On = switches.Items().Aggregate(Switches.None, (on, name) => on | Switch(name)) };
        }
        object changed = settings with { };
        foreach ((string name, Element value) in item.Optional("settings")?.Members() ?? [])
        {
            PropertyInfo field = Fields.FirstOrDefault(field => Name(field.Name) == name)
                ?? throw value.Error($"no such setting; there are {string.Join(", ", Fields.Select(field => Name(field.Name)))}");
            field.SetValue(changed, LeafForm.Read(value, field.PropertyType));
        }
        return (DataPlaneSettings)changed;
    }

    /// <summary>Every switch alone.</summary>
    public static IEnumerable<Switches> Each() => Enum.GetValues<Switches>().Where(one => System.Numerics.BitOperations.IsPow2((ulong)one));

    /// <summary>As files and command lines write a switch or a setting: <c>loop_guard</c>.</summary>
    public static string Name(string identifier) => JsonNamingPolicy.SnakeCaseLower.ConvertName(identifier);

    private static Switches Switch(Element name)
    {
        Switches found = Each().FirstOrDefault(one => Name(one.ToString()) == name.Text());
        return found != Switches.None ? found : throw name.Error($"no switch is named '{name.Text()}'");
    }
}
