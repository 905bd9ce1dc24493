using System.Text.Json.Serialization;

namespace MizarLab.Harness.Results;

/// <summary>Lists and names with values inside a database column.</summary>
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ListJson : JsonSerializerContext;
