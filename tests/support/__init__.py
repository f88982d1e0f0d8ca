"""What tests stand on: lines, databases, servers, telephones, browsers. Holds no test."""
