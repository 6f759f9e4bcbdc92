// Shows the reference of the API.
SwaggerUIBundle({ url: 'openapi.json', dom_id: '#reference', deepLinking: true })
